use proptest::prelude::*;

use super::*;

const CALL: &str = "<repeatMessage val=2>Code <sayCharValue>12 3</sayCharValue>.<pause1sec><pause1sec></repeatMessage>Bye & <go>";

#[test]
fn twiml_spells_pauses_repeats_and_escapes() {
    assert_eq!(
        twiml(CALL, Some("Woman"), "en_gb"),
        "<Response><Say voice=\"woman\" language=\"en-GB\">Code 1, 2, 3.</Say><Pause length=\"2\"/>\
         <Say voice=\"woman\" language=\"en-GB\">Code 1, 2, 3.</Say><Pause length=\"2\"/>\
         <Say voice=\"woman\" language=\"en-GB\">Bye &amp; &lt;go&gt;</Say></Response>"
    );
    assert_eq!(
        twiml("Hi", Some("Polly.\"Amy"), "es"),
        "<Response><Say voice=\"Polly.&quot;Amy\" language=\"es\">Hi</Say></Response>"
    );
    assert_eq!(twiml("", None, "en"), "<Response></Response>");
}

#[test]
fn plain_speech_keeps_digits_apart() {
    assert_eq!(plain(CALL), "Code 1, 2, 3.  Code 1, 2, 3.  Bye & <go>");
    assert_eq!(plain("no markup, 1 < 2"), "no markup, 1 < 2");
}

#[test]
fn a_gateway_gets_its_tags_round_each_spelled_character() {
    assert_eq!(tagged("Code <sayCharValue>12</sayCharValue>", "<d>", "</d>"), "Code <d>1</d><d>2</d>");
}

#[test]
fn tags_are_read_in_any_case_and_with_quotes() {
    assert_eq!(fault("<REPEATMESSAGE val = \"3\">x</repeatmessage><Pause1Sec/>"), None);
    assert_eq!(plain("<repeatMessage val='3'>x</repeatMessage>"), "xxx");
}

#[test]
fn faulty_markup_is_named_and_spoken_without_it() {
    let table = [
        ("<sayCharValue>1", VoiceFault::Unclosed(SPELL), "1"),
        ("<repeatMessage val=2>a", VoiceFault::Unclosed(REPEAT), "aa"),
        ("a</sayCharValue>", VoiceFault::Stray(SPELL), "a"),
        ("a</repeatMessage>", VoiceFault::Stray(REPEAT), "a"),
        ("<repeatMessage>a</repeatMessage>", VoiceFault::Repeats, "a"),
        ("<repeatMessage val=0>a</repeatMessage>", VoiceFault::Repeats, "a"),
        ("<repeatMessage val=6>a</repeatMessage>", VoiceFault::Repeats, "a"),
        ("<repeatMessage val=-1>a</repeatMessage>", VoiceFault::Repeats, "a"),
        (
            "<repeatMessage val=2><repeatMessage val=5>a</repeatMessage></repeatMessage>",
            VoiceFault::Nested(REPEAT),
            "aa",
        ),
        ("<sayCharValue><sayCharValue>1</sayCharValue>", VoiceFault::Nested(SPELL), "1"),
    ];
    for (text, expected, spoken) in table {
        assert_eq!(fault(text), Some(expected), "{text}");
        assert_eq!(plain(text), spoken, "{text}");
    }
}

#[test]
fn a_code_is_spelled_and_said_twice_whatever_the_text_forgets() {
    let twice = "<repeatMessage val=2>Code <sayCharValue>123456</sayCharValue>.</repeatMessage>";
    for (text, heard) in [
        (twice, "Code 1, 2, 3, 4, 5, 6.Code 1, 2, 3, 4, 5, 6."),
        ("Code 123456.", "Code 1, 2, 3, 4, 5, 6. Code 1, 2, 3, 4, 5, 6."),
        ("Code <sayCharValue>123456</sayCharValue>", "Code 1, 2, 3, 4, 5, 6 Code 1, 2, 3, 4, 5, 6"),
        ("123456, again 123456", "1, 2, 3, 4, 5, 6, again 1, 2, 3, 4, 5, 6"),
        ("Order 9123456 has no code", "Order 9123456 has no code"),
        ("Hello", "Hello"),
    ] {
        assert_eq!(plain(&audible(text, "123456")), heard, "{text}");
    }
    assert_eq!(audible("Hello", ""), "Hello");
}

proptest! {
    #[test]
    fn any_text_can_be_spoken(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("<"), Just(">"), Just("/"), Just("sayCharValue"), Just("<sayCharValue>"), Just("</sayCharValue>"),
                Just("<repeatMessage val=5>"), Just("</repeatMessage>"), Just("<pause1sec>"), Just("é&\u{0}"), Just("val="),
            ],
            0..30,
        ),
    ) {
        let text = parts.concat();
        let _ = (plain(&text), tagged(&text, "<", ">"), fault(&text), audible(&text, "val"));
        let document = twiml(&text, None, "en");
        prop_assert!(!document.contains('\0'));
        prop_assert_eq!(document.matches("<Say ").count(), document.matches("</Say>").count());
    }
}
