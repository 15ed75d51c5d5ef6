"""The customer's words are shown, the copy of our own is folded, and in doubt nothing is hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import quoting
from tests.channels.email.mails import cpu_budget, read

ATTRIBUTIONS = {
    "english, gmail": "On Mon, 3 Mar 2025 at 10:12, Norra Care <support@norra.example> wrote:",
    "english, apple": "On Mar 3, 2025, at 10:12 AM, Norra Care <support@norra.example> wrote:",
    "english, thunderbird": "On 03.03.2025 10:12, Norra Care wrote:",
    "english, 163": 'At 2025-03-03 10:12:00, "Norra Care" <support@norra.example> wrote:',
    "english, zoho": "---- On Mon, 03 Mar 2025 10:12:00 +0800 Norra Care <support@norra.example> wrote ----",
    "german, gmail": "Am Mo., 3. März 2025 um 10:12 Uhr schrieb Norra Care <support@norra.example>:",
    "german, thunderbird": "Am 03.03.25 um 10:12 schrieb Norra Care:",
    "german, gmx": "Norra Care <support@norra.example> schrieb am 03.03.2025 um 10:12:",
    "french": "Le lun. 3 mars 2025 à 10:12, Norra Care <support@norra.example> a écrit :",
    "spanish": "El lun, 3 mar 2025 a las 10:12, Norra Care (<support@norra.example>) escribió:",
    "italian": "Il giorno lun 3 mar 2025 alle ore 10:12 Norra Care <support@norra.example> ha scritto:",
    "portuguese": "Em seg., 3 de mar. de 2025 às 10:12, Norra Care <support@norra.example> escreveu:",
    "dutch": "Op ma 3 mrt 2025 om 10:12 schreef Norra Care <support@norra.example>:",
    "polish": "pon., 3 mar 2025 o 10:12 Norra Care <support@norra.example> napisał(a):",
    "polish, thunderbird": "W dniu 3.03.2025 o 10:12, Norra Care pisze: napisał:",
    "swedish": "Den mån 3 mars 2025 kl 10:12 skrev Norra Care <support@norra.example>:",
    "danish": "Den man. 3. mar. 2025 kl. 10.12 skrev Norra Care <support@norra.example>:",
    "norwegian": "man. 3. mars 2025 kl. 10:12 skrev Norra Care <support@norra.example>:",
    "finnish": "ma 3. maalisk. 2025 klo 10.12 Norra Care (support@norra.example) kirjoitti:",
    "czech": "po 3. 3. 2025 v 10:12 odesílatel Norra Care <support@norra.example> napsal:",
    "russian, gmail": "пн, 3 мар. 2025 г. в 10:12, Norra Care <support@norra.example>:",
    "russian, yandex": '03.03.2025, 10:12, "Norra Care" <support@norra.example>:',
    "russian, mail.ru": "Понедельник, 3 марта 2025, 10:12 +03:00 от Norra Care <support@norra.example>:",
    "russian, thunderbird": "03.03.2025 10:12, Norra Care пишет:",
    "turkish": "Norra Care <support@norra.example>, 3 Mar 2025 Pzt, 10:12 tarihinde şunu yazdı:",
    "vietnamese": "Vào Th 2, 3 thg 3, 2025 vào lúc 10:12 Norra Care <support@norra.example> đã viết:",
    "chinese, gmail": "北极客服 <support@norra.example> 于2025年3月3日周一 10:12写道：",
    "chinese, 163": '在 2025-03-03 10:12:00，"北极客服" <support@norra.example> 写道：',
    "chinese, apple": "在 2025年3月3日，上午10:12，北极客服 <support@norra.example> 写道：",
    "chinese, thunderbird": "在 2025/3/3 10:12, 北极客服 写道:",
    "taiwanese, yahoo": "北極客服 (<support@norra.example>) 在 2025年3月3日星期一 上午10:12:53 [GMT+8] 寫道：",
    "japanese, gmail": "2025年3月3日(月) 10:12 Norra Care <support@norra.example>:",
    "japanese, apple": "2025/03/03 10:12、Norra Care <support@norra.example>のメール:",
    "korean": "2025년 3월 3일 (월) 오전 10:12, Norra Care <support@norra.example>님이 작성:",
}
BLOCKS = {
    "english": "From: Norra Care <s@norra.example>\nSent: Monday, March 3, 2025 10:12 AM\nTo: Bo\nSubject: Re: x",
    "english, starred": "*From:* Norra Care <s@norra.example>\n*Sent:* Monday\n*To:* Bo\n*Subject:* Re: x",
    "english, hotmail": "Date: Mon, 3 Mar 2025 10:12:00 +0100\nFrom: s@norra.example\nTo: bo\nSubject: x",
    "german": "Von: Norra Care\nGesendet: Montag, 3. März 2025 10:12\nAn: Bo\nCc: Sam\nBetreff: AW: x",
    "french": "De : Norra Care <s@norra.example>\nEnvoyé : lundi 3 mars 2025 10:12\nÀ : Bo\nObjet : RE: x",
    "spanish": "De: Norra Care\nEnviado el: lunes, 3 de marzo de 2025 10:12\nPara: Bo\nAsunto: RE: x",
    "italian": "Da: Norra Care\nInviato: lunedì 3 marzo 2025 10:12\nA: Bo\nOggetto: R: x",
    "portuguese": "De: Norra Care\nEnviado: segunda-feira, 3 de março de 2025 10:12\nPara: Bo\nAssunto: RE: x",
    "dutch": "Van: Norra Care\nVerzonden: maandag 3 maart 2025 10:12\nAan: Bo\nOnderwerp: RE: x",
    "polish": "Od: Norra Care\nWysłano: poniedziałek, 3 marca 2025 10:12\nDo: Bo\nTemat: RE: x",
    "swedish": "Från: Norra Care\nSkickat: den 3 mars 2025 10:12\nTill: Bo\nÄmne: SV: x",
    "danish": "Fra: Norra Care\nSendt: 3. marts 2025 10:12\nTil: Bo\nEmne: SV: x",
    "finnish": "Lähettäjä: Norra Care\nLähetetty: maanantai 3. maaliskuuta 2025 10.12\nVastaanottaja: Bo\nAihe: VS: x",
    "russian": "От: Norra Care\nОтправлено: 3 марта 2025 г. 10:12\nКому: Bo\nТема: RE: x",
    "turkish": "Kimden: Norra Care\nGönderildi: 3 Mart 2025 10:12\nKime: Bo\nKonu: YNT: x",
    "chinese": "发件人: 北极客服 <s@norra.example>\n发送时间: 2025年3月3日 10:12\n收件人: 王芳\n主题: 答复: x",
    "chinese, foxmail": "发件人： 北极客服\n发送时间： 2025-03-03 10:12\n收件人： 王芳\n抄送： 李雷\n主题： 回复: x",
    "chinese, aliyun": "-" * 66
    + "\n发件人：北极客服 <s@norra.example>\n发送时间：2025年3月3日\n收件人：王芳\n主　题：x",
    "chinese, qq": '------ 原始邮件 ------\n发件人: "客服"<s@norra.example>;\n发送时间: 2025年\n主题: x',
    "chinese, qq in plain text": "------&nbsp;原始邮件&nbsp;------\n发件人: 客服\n发送时间: 2025年\n主题: x",
    "chinese, 163 table": "---- 回复的原邮件 ----\n| 发件人 | 客服<s@n.example> |\n| 日期 | 2025年3月 |\n| 主题 | x |",
    "taiwanese": "寄件者: Norra Care\n寄件日期: 2025年3月3日 上午 10:12\n收件者: 王芳\n主旨: 回覆: x",
    "japanese": "差出人: Norra Care\n送信日時: 2025年3月3日 10:12\n宛先: 山田\n件名: RE: x",
    "korean": "보낸 사람: Norra Care\n보낸 날짜: 2025년 3월 3일 월요일 오전 10:12\n받는 사람: 김민수\n제목: RE: x",
    "outlook, old": "-----Original Message-----\nFrom: Norra Care\nSent: Monday\nTo: Bo\nSubject: x",
    "outlook, german": "-----Ursprüngliche Nachricht-----\nVon: Norra Care\nGesendet: Montag\nAn: Bo\nBetreff: x",
    "outlook, mobile": "_" * 32 + "\nFrom: Norra Care <s@norra.example>\nSent: Monday\nTo: Bo\nSubject: x",
    "qq, mobile": '---Original---\nFrom: "Norra"<s@norra.example>\nDate: Mon, Mar 3, 2025\nTo: bo\nSubject: x',
    "lotus notes": '-----"Norra Care" <s@norra.example> wrote: -----\nTo: bo\nFrom: "Norra"\nDate: 03/03/2025',
}
OLD = "Which model is it?\nSince when does it happen?\nAda"
QUOTED = "\n".join(f"> {line}" for line in OLD.split("\n"))


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_it_folds_what_stands_below_an_attribution(line: str) -> None:
    assert quoting.visible(f"It is the NF-400.\n\n{line}\n\n{QUOTED}\n", is_reply=True) == "It is the NF-400."


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_it_folds_an_attributed_quotation_even_if_the_mail_forgot_to_say_that_it_answers(line: str) -> None:
    assert quoting.visible(f"It is the NF-400.\n\n{line}\n{QUOTED}\n", is_reply=False) == "It is the NF-400."


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_it_folds_the_quotation_above_an_answer(line: str) -> None:
    assert quoting.visible(f"{line}\n\n{QUOTED}\n\nIt is the NF-400.\n", is_reply=True) == "It is the NF-400."


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_it_keeps_answers_between_quoted_lines_and_all_around_them(line: str) -> None:
    text = f"Hello,\n\n{line}\n> Which model?\n\nNF-400\n\n> Since when?\n\nSunday"
    assert quoting.visible(text, is_reply=True) == text


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_it_folds_a_copied_mail_without_quotation_marks(block: str) -> None:
    assert quoting.visible(f"It is the NF-400.\n\nBo\n\n{block}\n\n{OLD}\n", is_reply=True) == "It is the NF-400.\n\nBo"


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_it_hides_nothing_of_a_copied_mail_that_is_no_answer(block: str) -> None:
    text = f"Look what I got:\n\n{block}\n\n{OLD}"
    assert quoting.visible(text, is_reply=False) == text


def test_it_folds_an_attribution_broken_into_lines() -> None:
    broken = "On Mon, 3 Mar 2025 at 10:12, Norra Care Service for Household\nAppliances <support@norra.example>\nwrote:"
    assert quoting.visible(f"NF-400\n\n{broken}\n\n{QUOTED}", is_reply=True) == "NF-400"
    dated = "On Mon, 3 Mar 2025\nat 10:12, Norra Care <support@norra.example> wrote:"
    assert quoting.visible(f"NF-400\n\n{dated}\n{QUOTED}", is_reply=True) == "NF-400"


def test_it_folds_a_short_quotation_that_carries_its_attribution_inside() -> None:
    text = "NF-400\n\n> On 3 Mar 2025, at 10:12, Norra Care <support@norra.example> wrote:\n> Which model?"
    assert quoting.visible(text, is_reply=False) == "NF-400"


def test_it_folds_an_unprefixed_copy_below_a_certain_attribution_only() -> None:
    certain = "On Monday, 3 March 2025 at 09:58:11 CET, Norra Care <support@norra.example> wrote:"
    assert quoting.visible(f"NF-400\n\n{certain}\n\n{OLD}", is_reply=True) == "NF-400"
    told = "I asked the shop.\n\nOn Monday he wrote:\nWe do not pay.\n\nWhat now?"
    assert quoting.visible(told, is_reply=True) == told


@pytest.mark.parametrize(
    "text",
    [
        "Please book:\n\nFrom: Shanghai\nTo: Hamburg\nDate: 17 March\nWeight: 400 kg",
        "I set it to\n> 5 degrees\nbut nothing happens.",
        "The rule was:\n> 5 degrees",
        "Subject: my fridge\nDate: bought in May\nIt is warm.",
        "Three things:\n- it leaks\n- it hums\n-- and it smells",
        "Price: 499\nTotal: 998\nTo: pay by Friday",
        "My colleague wrote:\nplease send two filters.\nI agree with her.",
        "He said: on 3 March 2025 the fridge came.\nIt was broken.",
        "----------\nNF-400\n----------\nis the model",
        "Original\nor copy? I want the original.",
        "价格：499\n日期：三月三日\n收件人：王芳\n请尽快发货",
        "发自内心地感谢你们",
        "来自北京的问候",
    ],
)
def test_it_hides_no_prose_that_looks_like_mail(text: str) -> None:
    assert quoting.visible(text, is_reply=True) == text


def test_it_shows_everything_where_nothing_else_would_be_left() -> None:
    text = f"On Mon, 3 Mar 2025 at 10:12, Norra Care <support@norra.example> wrote:\n{QUOTED}"
    assert quoting.visible(text, is_reply=True) == text
    assert quoting.visible("Sent from my iPhone", is_reply=True) == "Sent from my iPhone"


@pytest.mark.parametrize(
    "hint",
    [
        "See my answers below.",
        "My comments inline",
        "answers in red below",
        "请见下文回复",
        "回答见红字",
        "Antworten unten",
    ],
)
def test_it_shows_everything_if_the_customer_answers_inside_the_copy(hint: str) -> None:
    text = f"{hint}\n\n{BLOCKS['english']}\n\nWhich model? NF-400"
    assert quoting.visible(text, is_reply=True) == text


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "-------- Forwarded Message --------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Message transféré ---------",
        "-------- 转发的邮件 --------",
        "-------- 転送されたメッセージ --------",
        "-------- Пересылаемое сообщение --------",
    ],
)
def test_it_hides_nothing_that_was_forwarded(marker: str) -> None:
    text = f"What is this?\n\n{marker}\n{BLOCKS['english']}\n\n{QUOTED}"
    assert quoting.visible(text, is_reply=True) == text


@pytest.mark.parametrize(
    "marker",
    [
        "-- reply above this line --",
        "## Please reply above this line ##",
        "—— 请在此行上方回复 ——",
        "--- 请在此行以上回复 ---",
    ],
)
def test_it_cuts_at_our_own_line(marker: str) -> None:
    assert (
        quoting.visible(f"Thursday is fine.\n\nNorra Care wrote:\n{marker}\n\nold", is_reply=False)
        == "Thursday is fine."
    )
    assert quoting.visible(f"Thursday is fine.\n{marker}\nold", is_reply=False) == "Thursday is fine."


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Sent from Outlook for Android",
        "Sent from Mail for Windows",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "iPhone'umdan gönderildi",
        "发自我的iPhone",
        "发自我的 iPhone",
        "来自我的华为手机",
        "来自QQ邮箱手机版",
        "从我的 iPhone 发送",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
    ],
)
def test_it_folds_what_a_telephone_wrote_below(line: str) -> None:
    assert quoting.visible(f"It leaks.\n\n{line}\n", is_reply=False) == "It leaks."
    assert quoting.visible(f"It leaks.\n\n{line}\n\n{QUOTED}", is_reply=True) == "It leaks."


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my iPhone this morning,\nit never arrived.",
        "Sent from my old flat, please note.",
        "来自上海的客户\n很生气",
    ],
)
def test_it_keeps_a_sentence_that_begins_like_a_signature(text: str) -> None:
    assert quoting.visible(text, is_reply=False) == text


def test_it_folds_a_marked_signature_but_no_greeting() -> None:
    assert (
        quoting.visible("It leaks.\n\nKind regards\nBo\n-- \nBo Basic\nBasic Ltd", is_reply=False)
        == "It leaks.\n\nKind regards\nBo"
    )


def test_it_takes_no_dashes_in_the_middle_for_a_signature() -> None:
    text = "First\n--\n" + "\n".join(f"line {number}" for number in range(30))
    assert quoting.visible(text, is_reply=False) == text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gmail-reply", "The model is NF-400, bought in May.\nThe display has shown E7 since Sunday."),
        (
            "gmail-reply-folded-attribution",
            "The model is NF-400, bought in May.\nThe display has shown E7 since Sunday.",
        ),
        (
            "outlook-reply-german",
            "Guten Morgen,\n\ndas Gerät ist ein NF-400 und zeigt seit Sonntag E7.\n\nMit freundlichen Grüßen\nBo Basic",
        ),
        ("outlook-underscores-mobile", "NF-400, since Sunday."),
        ("outlook-2003-original-message", "It is fixed now, thank you."),
        ("apple-mail-reply", "The model is NF-400, bought in May.\nThe display has shown E7 since Sunday."),
        ("iphone-signature", "The door of my washing machine does not close any more."),
        ("iphone-chinese-signature", "我的洗衣机门关不上了，请派人来修。"),
        ("yahoo-reply", "The model is NF-400."),
        ("thunderbird-bottom-post", "It is the NF-400 and it has shown E7 since Sunday."),
        ("lotus-notes-reply", "Model NF-400.\n\nRegards\nGreta"),
        ("proton-reply", "Model NF-400."),
        ("qq-reply", "型号是 NF-400，五月买的。\n从星期天开始一直显示 E7。"),
        ("qq-mobile-reply", "已经好了，谢谢"),
        ("netease-163-reply", "型号是 NF-400，五月买的。\n从星期天开始一直显示 E7。"),
        ("foxmail-reply", "型号是 NF-400，五月买的。\n从星期天开始一直显示 E7。\n\n\nlilei@foxmail.example"),
        ("aliyun-reply", "好的，我明天在家。"),
        ("outlook-chinese-reply", "您好，\n\n型号是 NF-400。\n\n谢谢\n刘洋"),
        ("gmail-chinese-reply", "型号是 NF-400。"),
        ("taiwan-big5-reply", "您好，型號是 NF-400，謝謝。"),
        ("gmail-russian-reply", "Модель NF-400."),
        ("japanese-iso-2022-jp-reply", "お世話になっております。型番は NF-400 です。"),
        ("reply-above-this-line", "Thank you, Thursday is fine."),
    ],
)
def test_it_shows_what_the_customer_wrote_and_keeps_the_rest(name: str, words: str) -> None:
    message = read(name)
    assert message.text == words
    assert len(message.full_text) > len(words)
    assert message.full_text.replace("> ", "").startswith(words[:10]) or words in message.full_text


@pytest.mark.parametrize(
    "name",
    [
        "gmail-inline-answers",
        "gmail-forward",
        "apple-mail-forward",
        "outlook-forward",
        "answers-in-red",
        "answers-only-in-the-subject",
        "arrows-are-no-quotation",
        "freight-papers-are-no-quotation",
        "prose-that-looks-like-a-quotation",
        "customer-tells-of-a-bounce",
    ],
)
def test_it_hides_nothing_of_these_mails(name: str) -> None:
    message = read(name)
    assert message.text == message.full_text
    assert "cc-quote" not in message.html


lines = st.one_of(
    st.sampled_from(
        [
            *ATTRIBUTIONS.values(),
            *"\n".join(BLOCKS.values()).split("\n"),
            "> quoted",
            ">> twice",
            "",
            "-- ",
            "Sent from my iPhone",
        ]
    ),
    st.text(max_size=30),
)


@given(st.lists(lines, max_size=30), st.booleans())
def test_it_shows_only_lines_that_were_there_and_never_none(written: list[str], is_reply: bool) -> None:
    text = "\n".join(written)
    shown = quoting.visible(text, is_reply=is_reply)
    assert bool(shown.strip()) == bool(text.strip())
    remaining = iter(text.split("\n"))
    assert all(any(line.strip() == kept.strip() for line in remaining) for kept in shown.split("\n") if kept.strip())


@given(
    st.lists(
        st.sampled_from(["on", "from", "wrote", "sent", "my", "table", ".\n", "!\n", "?\n", "2025", "date"]), min_size=1
    )
)
def test_it_never_hides_plain_sentences(said: list[str]) -> None:
    text = " ".join(said).strip()
    assert quoting.visible(text, is_reply=True) == text


@pytest.mark.parametrize(
    "hostile",
    [
        ">" * 1_000_000,
        "> a\n" * 250_000,
        "a:\n" * 330_000,
        "From: x\n" * 120_000,
        "From: x\nSent: y\n" * 60_000,
        "写道：\n" * 250_000,
        "-- \n" * 250_000,
        "-----\n" * 160_000,
        "\n" * 1_000_000,
        "x wrote:\n> a\nb\n" * 60_000,
        "On " * 330_000 + "wrote:",
        (" " * 200 + ":\n") * 5_000,
        "1" * 1_000_000 + ":",
        "<a@b" * 250_000 + ">:",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_it_reads_hostile_texts_within_its_budget(hostile: str) -> None:
    with cpu_budget(2):
        quoting.visible(hostile, is_reply=True)
