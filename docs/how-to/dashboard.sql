-- Views on a copy of afterword's state, for Datasette or any SQLite browser (docs/how-to/dashboard.md).
-- Moments are in UTC.  What is read in a mail is JSON; SQLite takes it as text only.

-- Every mail of an application, the latest last.
create view mails as
select accounts.name as account, case_id as application, date,
       case when reading ->> 'noted' then 'you noted'
            when reading ->> 'outgoing' then 'you'
            when reading ->> 'automatic' then 'a machine' else 'they' end as who,
       reading ->> '$.sender.address' as sender,
       case when reading ->> 'outgoing' then reading ->> 'act' else reading ->> 'kind' end as kind,
       reading ->> 'subject' as subject, reading ->> 'employer' as employer, reading ->> 'role' as role,
       reading ->> 'doubt' as doubt, why as put_here_because
from (select account, case_id, date, why, key, cast(reading as text) as reading
      from readings where state = 'linked')
join accounts on accounts.id = account
order by date, key;

-- The employer's last word in each application.
create view last_words as
select account, application, max(date) as date, sender, kind, subject,
       cast(julianday('now') - julianday(max(date)) as integer) as days_ago
from mails where who = 'they' and doubt = ''
group by account, application
order by date desc;

-- When they said they would act, in their words.
create view timelines as
select accounts.name as account, case_id as application, date as said_at, said.value ->> 'quote' as quote,
       said.value ->> 'kind' as kind, said.value ->> 'earliest' as earliest, said.value ->> 'latest' as latest
from readings, json_each(cast(reading as text), '$.timelines') as said
join accounts on accounts.id = account
where state = 'linked'
order by said_at desc;

-- Every note that was written, and what became of it; a digest has no application.
create view notes as
select accounts.name as account, case_id as application, note, recipient, state, reason, subject,
       intended_at as laid_at, changed_at
from drafts join accounts on accounts.id = account
order by laid_at desc;

-- What waits in Drafts for you.
create view waiting as
select * from notes where state in ('placed', 'edited', 'blocked', 'intended');

-- What comes next by itself, the soonest first.
create view next_moments as
select accounts.name as account, cases.id as application, due
from cases join accounts on accounts.id = account
where due is not null
order by due;

-- One row for each application: begin here.  Beside max(), SQLite takes the other columns from that row.
create view applications as
with known as (select accounts.name as account, cases.id as application, due as next_moment
               from cases join accounts on accounts.id = account),
     counted as (select account, application, count(*) as mails from mails group by account, application),
     named as (select account, application, employer, max(date) from mails
               where employer is not null group by account, application),
     titled as (select account, application, role, max(date) from mails
                where role is not null group by account, application),
     promised as (select account, application, latest as expected, max(said_at) from timelines
                  group by account, application),
     laid as (select account, application, count(*) as drafts_waiting from waiting
              group by account, application),
     stopped as (select accounts.name as account, case_id as application, max(at) as stopped_at
                 from raised join accounts on accounts.id = account
                 where action = 'stop' group by accounts.name, case_id)
select account, application, employer, role, mails, last_words.date as last_word,
       last_words.kind as last_kind, expected, coalesce(drafts_waiting, 0) as drafts_waiting,
       stopped_at, next_moment
from known
left join counted using (account, application)
left join named using (account, application)
left join titled using (account, application)
left join last_words using (account, application)
left join promised using (account, application)
left join laid using (account, application)
left join stopped using (account, application)
order by last_word desc;
