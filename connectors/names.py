"""What mail programs and providers call the mailboxes, in the languages afterword knows.

It must not know any server: names only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from connectors.connector import SpecialUse

_NAMES = {  # what mail programs and providers call them: en, de, fr, es, nl, pt, it
    SpecialUse.DRAFTS: """Drafts|Draft|Draft messages|Entwürfe|Entwurf|Brouillons|Brouillon
        |Borradores|Borrador|Concepten|Concept|Rascunhos|Rascunho|Bozze|Bozza""",
    SpecialUse.SENT: """Sent|Sent Items|Sent Mail|Sent Messages|Sent-Mail
        |Gesendet|Gesendete Objekte|Gesendete Elemente|Gesendete Nachrichten|Gesendete E-Mails
        |Envoyés|Éléments envoyés|Messages envoyés|Courrier envoyé|Objets envoyés|Courriers envoyés
        |Enviados|Elementos enviados|Correo enviado|Mensajes enviados|Correos enviados
        |Verzonden|Verzonden items|Verzonden berichten|Verzonden e-mail
        |Enviadas|Itens enviados|Mensagens enviadas|E-mails enviados|Correio enviado|E-mail enviado
        |Inviati|Inviata|Posta inviata|Elementi inviati|Messaggi inviati""",
    SpecialUse.TRASH: """Trash|Deleted|Deleted Items|Deleted Messages|Bin
        |Papierkorb|Gelöscht|Gelöschte Objekte|Gelöschte Elemente|Gelöschte Nachrichten
        |Corbeille|Éléments supprimés|Messages supprimés|Papelera|Elementos eliminados|Eliminados
        |Prullenbak|Prullenmand|Verwijderd|Verwijderde items
        |Lixeira|Lixo|Itens excluídos|Itens eliminados|Cestino|Posta eliminata|Elementi eliminati""",
    SpecialUse.JUNK: """Junk|Spam|Junk E-mail|Bulk Mail|Werbung|Courrier indésirable|Indésirables
        |Correo no deseado|Ongewenste e-mail|Lixo eletrónico|Lixo eletrônico|Posta indesiderata""",
}


def folded(name: str) -> str:
    """Return a mailbox name with the differences taken out that people do not see."""
    return unicodedata.normalize("NFC", name).casefold().strip()


RANKS: Mapping[SpecialUse, Mapping[str, int]] = {
    use: {folded(name): rank for rank, name in enumerate(re.split(r"\s*\|", names))}
    for use, names in _NAMES.items()
}
"""How well known a name is for a use, by the folded name; 0 is best known."""


def use_of_name(name: str) -> SpecialUse | None:
    """Return what a mailbox of this name is usually for, or None."""
    return next((use for use, ranks in RANKS.items() if folded(name) in ranks), None)
