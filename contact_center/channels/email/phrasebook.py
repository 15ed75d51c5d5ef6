"""What mail programs call things, one language a line: a new language is a line in each table.

Read by `history`. All lower-case; alternatives separated by commas.
"""

from __future__ import annotations

# language: from; date or sent; to; copies; subject
_LABELS = """
en: from; date, sent, sent on, sent at; to; cc, bcc; subject
de: von, absender; gesendet, datum; an, empfänger; kopie; betreff
fr: de, expéditeur; envoyé, date d'envoi; à, a, destinataire; cc; objet
es: de, remitente; enviado, enviado el, fecha; para, destinatario; cc; asunto
pt: de, remetente; enviado, enviada, enviado em, enviada em, data; para; cópia; assunto
it: da, mittente; inviato, data; a, destinatario; cc; oggetto
nl: van, afzender; verzonden, datum; aan; kopie; onderwerp
sv: från, avsändare; skickat, datum; till; kopia; ämne
da: fra, afsender; sendt, dato; til; kopi; emne
no: fra, avsender; sendt, dato; til; kopi; emne
fi: lähettäjä; lähetetty, päivämäärä; vastaanottaja; kopio; aihe
pl: od, nadawca; wysłano, data, data wysłania; do; dw; temat
cs: od, odesílatel; odesláno, datum; komu; kopie; předmět
hu: feladó; elküldve, dátum; címzett; másolat; tárgy
ro: de la, expeditor; trimis, data; către; cc; subiect
ru: от, от кого; отправлено, дата, дата отправки; кому; копия; тема
uk: від, від кого; надіслано, дата; кому; копія; тема
el: από; ημερομηνία, στάλθηκε; προς; κοιν; θέμα
tr: kimden, gönderen; gönderildi, gönderme tarihi, tarih; kime, alıcı; bilgi; konu
vi: từ; đã gửi, ngày; đến, tới; cc; chủ đề
id: dari; dikirim, tanggal; kepada; cc; subjek, perihal
zh: 发件人, 发送者, 寄件人; 发送时间, 发送日期, 日期, 时间; 收件人; 抄送, 密送; 主题
tw: 寄件者, 寄件人, 發件人; 寄件日期, 傳送日期, 傳送時間, 日期, 時間; 收件者, 收件人; 副本; 主旨, 主題
ja: 差出人, 送信者; 送信日時, 送信日, 日付, 日時; 宛先; 写し; 件名
ko: 보낸 사람, 보낸사람; 보낸 날짜, 보낸날짜, 날짜; 받는 사람, 받는사람; 참조; 제목
"""

_ORIGINAL = """
en: original message, original, original mail, original email, replied message, reply message
de: originalnachricht, original nachricht, ursprüngliche nachricht, ursprüngliche mail
fr: message d'origine, message d’origine, message original, message initial
es: mensaje original
pt: mensagem original
it: messaggio originale
nl: oorspronkelijk bericht, origineel bericht, originele bericht
sv: ursprungligt meddelande, originalmeddelande
da: oprindelig meddelelse, original meddelelse
no: opprinnelig melding
fi: alkuperäinen viesti
pl: wiadomość oryginalna, oryginalna wiadomość
cs: původní zpráva
hu: eredeti üzenet
ru: исходное сообщение, оригинальное сообщение
el: αρχικό μήνυμα
tr: orijinal ileti, orijinal mesaj, özgün ileti
vi: tin nhắn gốc, thư gốc
zh: 原始邮件, 原始信件, 原邮件, 回复的原邮件, 回复的邮件
tw: 原始郵件, 原郵件
ja: 元のメッセージ, 元のメール, オリジナルメッセージ
ko: 원본 메시지, 원본메시지, 원본 메일
"""

_FORWARDED = """
en: forwarded message, forwarded mail, begin forwarded message, forwarded by, forwarding messages
de: weitergeleitete nachricht, weitergeleitete mail, anfang der weitergeleiteten nachricht
fr: message transféré, message transmis, début du message transféré, début du message réexpédié
es: mensaje reenviado, inicio del mensaje reenviado
pt: mensagem encaminhada, mensagem reencaminhada, início da mensagem encaminhada, início da mensagem reencaminhada
it: messaggio inoltrato, inizio messaggio inoltrato
nl: doorgestuurd bericht, begin doorgestuurd bericht
sv: vidarebefordrat meddelande, vidarebefordrat brev
da: videresendt meddelelse, start på videresendt besked
no: videresendt melding
fi: välitetty viesti
pl: wiadomość przekazana, przekazana wiadomość
cs: přeposlaná zpráva
hu: továbbított üzenet
ru: пересылаемое сообщение, пересланное сообщение, начало переадресованного сообщения
tr: iletilen mesaj, iletilmiş ileti, yönlendirilmiş ileti
zh: 转发的邮件, 转发邮件, 转发邮件信息, 已转发邮件, 被转发的邮件, 开始转发的邮件, 以下是转发的邮件
tw: 轉寄的郵件, 轉寄郵件
ja: 転送されたメッセージ, 転送メッセージ, 転送メール
ko: 전달된 메시지, 전달된 메일
"""

_COLUMNS = ("from", "date", "to", "cc", "subject")


def _phrases(table: str) -> frozenset[str]:
    rows = (line.partition(":")[2] for line in table.strip().splitlines())
    return frozenset(phrase.strip() for row in rows for phrase in row.split(","))


def _columns(table: str) -> dict[str, str]:
    rows = (line.partition(":")[2].split(";") for line in table.strip().splitlines())
    pairs = (pair for row in rows for pair in zip(_COLUMNS, row, strict=True))
    return {label.strip(): column for column, labels in pairs for label in labels.split(",")}


COLUMN_OF_LABEL = _columns(_LABELS)
ORIGINAL = _phrases(_ORIGINAL)
FORWARDED = _phrases(_FORWARDED)
