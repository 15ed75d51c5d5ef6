"""Strings that have broken web forms: each must be stored as it is, or refused with a sentence; never a 500."""

from __future__ import annotations

STRINGS: tuple[str, ...] = (
    # empty-looking, numbers and words of programs
    "undefined", "null", "None", "NaN", "true", "-1", "0", "1/0", "1e309", "0x0", "9" * 400, "--", "\\", "\\\\", "/",
    "%", "%s%s%s%n", "%(name)s", "%00", "{}", "{0}", "{{ 7*7 }}", "{% raw %}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
    "[[1]]", "()",
    # quotes, SQL, shell, paths
    "'", '"', "''", '""', "`", "';--", "1; DROP TABLE ticket", "' OR 1=1 -- ", '" OR ""="', "1' OR '1'='1",
    "$(touch x)", "`id`", "| cat /etc/passwd", "../../../etc/passwd", "..\\..\\boot.ini", "file:///etc/passwd",
    "C:\\nul", "&& ls",
    # markup and scripts
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "javascript:alert(1)",
    '"><script>alert(1)</script>', "</textarea><script>alert(1)</script>", "<!--", "-->", "]]>", "<![CDATA[x]]>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "&lt;b&gt;", "&#0;", "&bogus;",
    # headers and logs
    "a\r\nBcc: victim@example.org", "a\nSubject: x", "=?utf-8?q?a=0D=0ABcc:_victim@example.org?=", "a\rb",
    "a\vb", "a\fb", "\x1b[31mred\x1b[0m", "a\tb", "\x07", "\x08", "\x7f", "\x85", "a\u2028b\u2029c",
    # the characters of the world
    "陈静怡", "حسن", "שלום", "ไทย", "हिन्दी", "Ωμέγα", "Ñandú", "ﬁ ligature", "Ｆｕｌｌ ｗｉｄｔｈ", "İıſ", "ß",
    "𝒳𝓎𝓏", "🤷🏽‍♀️",
    "👩‍👩‍👧‍👦", "🇨🇳🇩🇪", "e\u0301" * 50, "Z\u0351\u036b\u0343algo",
    "\u202eright to left", "\u200b\u200c\u200d", "\ufeffBOM", "\ufffe",
    "\uffff", "\U0010ffff", "a\u00adb", "\u00a0", "\u3000", "ﷺ", "ﷹ" * 20, "𐐷", "㍻",
    # spreadsheets, regular expressions, dates
    "=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "(a+)+$", "a" * 5000 + "!", "2026-02-30", "00:00:61", "١٢٣",
)  # fmt: skip
