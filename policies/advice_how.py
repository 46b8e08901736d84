"""What the articles say on the channel, and on the words of a note.

What must not be known here: the rules' code.
"""

from __future__ import annotations

from policies.advice import AGAINST, CP, FOLLOWED, HB, IG, LS, MA, OFFERED, Advice

CHANNEL = (
    Advice(
        "C1",
        "Mail is the usual channel: they answer when it suits them.",
        (
            LS("Email is normally the best way"),
            IG("This should be the standard for most people"),
            MA("the recipient can take their time responding"),
        ),
        FOLLOWED,
    ),
    Advice(
        "C2",
        "Answer by the channel they used: who called may be called.",
        (IG("stick to the same kind of communication"),),
        OFFERED,
    ),
    Advice(
        "C3",
        "On the telephone they disagree: at times best, or a bad idea unless you were told to call.",
        (
            CP("a quick phone call or voicemail may be the best route"),
            LS("following up via phone is a bad idea"),
            MA("catching them off guard during a busy time"),
        ),
        OFFERED,
        "Only where they said that a call is welcome.",
    ),
    Advice(
        "C4",
        "On LinkedIn they disagree: a way to people without an address, or nothing before it is over.",
        (
            CP("A great alternative to send a follow-up"),
            IG("wait until the recruitment process is over"),
            LS("can be a valuable research tool"),
        ),
        OFFERED,
        "By default it is for looking people up; the preset `contingent-plan` offers an invitation.",
    ),
    Advice(
        "C5",
        "A handwritten card is well received, or old-fashioned; a mail first and a card after go together.",
        (
            CP("can be well received when executed properly"),
            LS("Do Use Snail Mail Sparingly"),
            MA("you can combine the two"),
        ),
        OFFERED,
    ),
    Advice(
        "C6",
        "A visit is presumptuous, or only right where it surely fits.",
        (
            LS("showing up in person comes off as presumptuous"),
            IG("Only visit your interviewer in person if it is practical"),
        ),
        AGAINST,
        "Nobody can tell from a mailbox that a visit fits, and a wrong one cannot be taken back.",
    ),
)

CONTENT = (
    Advice(
        "S1",
        "A thank-you has three things: interest in the job, why you fit, something you talked about.",
        (CP("something that you spoke about in the interview"),),
        FOLLOWED,
        by=("wording",),
    ),
    Advice(
        "S2",
        "Thank them for their time.",
        (
            LS("Thank them for their time"),
            MA("thanking them for taking the time"),
        ),
        FOLLOWED,
        by=("wording",),
    ),
    Advice(
        "S3",
        "Three to five sentences, never more.",
        (CP("absolutely no more than 5 sentences"),),
        FOLLOWED,
        by=("wording",),
    ),
    Advice(
        "S4",
        "Short paragraphs.",
        (LS("A few short paragraphs are better than one large one"),),
        FOLLOWED,
        by=(
            "wording",
            "drafting",
        ),
    ),
    Advice(
        "S5",
        "Written for this person, never a form.",
        (
            CP("NEVER send a generic form email"),
            LS("you also don’t want your emails to sound generic"),
        ),
        FOLLOWED,
        "What only you can know stays a gap that asks you for it.",
        by=(
            "wording",
            "drafting",
        ),
    ),
    Advice(
        "S6",
        "A selling point or two that answer their needs, and a line of experience.",
        (
            MA("a couple of your key selling points"),
            HB("a quick highlight of applicable experience and skills"),
        ),
        FOLLOWED,
        by=("drafting",),
    ),
    Advice(
        "S7",
        "What was forgotten in the interview may be added.",
        (
            LS("information you forgot to mention during the interview"),
            IG("details you forgot to mention"),
        ),
        FOLLOWED,
        "From what you noted; it is never made up.",
        by=("drafting",),
    ),
    Advice(
        "S8",
        "Something of use to the reader: an article, help, news.",
        (
            LS("If you can add value to the life of the person"),
            MA("some company or industry news"),
        ),
        AGAINST,
        "We do not know what is of use to them, and a made-up link is worse than none.",
    ),
    Advice(
        "S9",
        "Your contact details, and an invitation to use them.",
        (LS("include an invitation for the interviewer to contact you"),),
        FOLLOWED,
        by=("drafting",),
    ),
    Advice(
        "S10",
        "A status check is brief and friendly and asks where they are.",
        (
            MA("be brief, conversational and inquire where they are"),
            LS("see if you have any updates"),
        ),
        FOLLOWED,
        by=(
            "wording",
            "drafting",
        ),
    ),
    Advice(
        "S11",
        "No salary, no benefits, no troubles.",
        (
            HB("What your salary and benefits should look like"),
            HB("refrain from editorializing too much about personal"),
        ),
        FOLLOWED,
        by=("wording",),
    ),
    Advice(
        "S12",
        "No desperation and no guilt; relaxed and professional.",
        (
            LS("sounds incredibly desperate and pushy"),
            IG("or desperate in any way"),
        ),
        FOLLOWED,
        by=("wording",),
    ),
    Advice(
        "S13",
        "No hard sell, no second application, nothing off topic.",
        (
            IG("leave the hard sell for the interview itself"),
            IG("Don’t go off topic"),
        ),
        FOLLOWED,
        by=("wording",),
    ),
    Advice(
        "S14",
        "Formal rather than casual when unsure, and in your own voice.",
        (
            IG("err on the side of formality if you’re unsure"),
            IG("make sure to write with your voice"),
        ),
        FOLLOWED,
        "The templates are files you can replace by your own words.",
        by=("drafting",),
    ),
    Advice(
        "S15",
        "No mistakes in spelling or grammar.",
        (
            LS("nothing can lose you a job faster than poor grammar"),
            IG("edit it until it’s perfect"),
        ),
        FOLLOWED,
        by=(
            "wording",
            "drafting",
        ),
    ),
    Advice(
        "S16",
        "A status check may ask leave to check in again in a week.",
        (HB("if I haven’t heard anything in the next week"),),
        FOLLOWED,
        "Only where a second status check is allowed at all.",
        by=("drafting",),
    ),
)
