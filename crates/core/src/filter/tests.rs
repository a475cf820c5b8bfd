use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;

const ID: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

const ATTRIBUTES: &[FilterAttribute] = &[
    FilterAttribute {
        name: "username",
        kind: AttributeKind::TextFolded,
        operators: &[Operator::Eq, Operator::Ne, Operator::StartsWith, Operator::Present],
        column: "username_key",
    },
    FilterAttribute { name: "id", kind: AttributeKind::Uuid, operators: &[Operator::Eq], column: "id" },
    FilterAttribute {
        name: "enabled",
        kind: AttributeKind::Boolean,
        operators: &[Operator::Eq],
        column: "enabled",
    },
    FilterAttribute {
        name: "createdAt",
        kind: AttributeKind::Timestamp,
        operators: &[Operator::Eq, Operator::Ne, Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le],
        column: "created_at",
    },
    FilterAttribute {
        name: "size",
        kind: AttributeKind::Integer,
        operators: &[Operator::Gt],
        column: "size",
    },
    FilterAttribute {
        name: "memberOfGroups.id",
        kind: AttributeKind::Uuid,
        operators: &[Operator::Eq],
        column: "group_id",
    },
];

fn compare(attribute: &str, op: Operator, value: Literal) -> Filter {
    Filter::Compare { attribute: attribute.to_owned(), op, value }
}

fn text(text: &str) -> Literal {
    Literal::Text(text.to_owned())
}

#[test]
fn the_documented_forms_are_read() {
    let a = || compare("a", Operator::Eq, text("x"));
    let b = || Filter::Present("b.c".to_owned());
    let table = [
        (r#"a eq "x""#, a()),
        (r#"  a  EQ	"x"  "#, a()),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:a eq "x""#, a()),
        ("b.c PR", b()),
        (r#"a eq "x" AND b.c pr"#, Filter::And(vec![a(), b()])),
        (r#"a eq "x" or b.c pr and a eq "x""#, Filter::Or(vec![a(), Filter::And(vec![b(), a()])])),
        (r#"( a eq "x" or b.c pr ) and b.c pr"#, Filter::And(vec![Filter::Or(vec![a(), b()]), b()])),
        ("not (b.c pr)", Filter::Not(Box::new(b()))),
        ("NOT(b.c pr)", Filter::Not(Box::new(b()))),
        ("not pr", Filter::Present("not".to_owned())),
        (
            r#"memberOfGroups[id eq "x"]"#,
            Filter::ValuePath {
                attribute: "memberOfGroups".to_owned(),
                filter: Box::new(compare("id", Operator::Eq, text("x"))),
            },
        ),
        (r#"a co "q\"\\\u00e9\n)""#, compare("a", Operator::Contains, text("q\"\\é\n)"))),
        (
            "a ge -12.5",
            compare("a", Operator::Ge, Literal::Number(serde_json::Number::from_f64(-12.5).unwrap())),
        ),
        ("a lt 7", compare("a", Operator::Lt, Literal::Number(7.into()))),
        ("a ne true", compare("a", Operator::Ne, Literal::Boolean(true))),
        ("a eq null", compare("a", Operator::Eq, Literal::Null)),
    ];
    for (written, expected) in table {
        assert_eq!(parse(written), Ok(expected), "{written}");
    }
}

#[test]
fn a_fault_is_reported_where_it_is() {
    let table = [
        ("", 0, "expected an attribute"),
        ("a", 1, "expected an operator"),
        ("a xx 1", 2, "expected an operator"),
        ("a eqq 1", 2, "expected an operator"),
        ("a eq", 4, "expected a value"),
        ("a eq bareword", 5, "expected a value"),
        (r#"a eq "open"#, 10, "expected a value"),
        (r#"a eq "\x""#, 5, "expected a value"),
        ("a eq 'x'", 5, "expected a value"),
        ("(a pr", 5, "expected `)`"),
        ("a[b pr", 6, "expected `]`"),
        ("a[b[c pr]]", 3, "expected an operator"),
        ("a pr and", 5, "unexpected text"),
        ("a pr and ", 9, "expected an attribute"),
        ("a pr b pr", 5, "unexpected text"),
        ("1a pr", 0, "expected an attribute"),
        ("a eq 1)", 6, "unexpected text"),
    ];
    for (written, offset, message) in table {
        let error = parse(written).unwrap_err();
        assert_eq!((error.offset, error.message.as_str()), (offset, message), "{written}");
    }
}

#[test]
fn thirty_two_brackets_are_read_and_thirty_three_are_not() {
    let nested = |depth| format!("{}a pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(32)).is_ok());
    assert_eq!(parse(&nested(33)).unwrap_err().message, "expected fewer nested brackets");
    assert!(parse(&"not (".repeat(800)).is_err());
}

#[test]
fn a_filter_over_four_kibibytes_is_refused() {
    assert_eq!(parse(&format!(r#"a eq "{}""#, "x".repeat(5000))).unwrap_err().offset, MAX_LENGTH);
}

#[test]
fn literals_become_typed_values_of_columns() {
    let uuid = Typed::Uuid(ID.parse::<Uuid>().unwrap());
    let table = [
        (
            r#"USERNAME eq "ÉMILE""#.to_owned(),
            Checked::Compare {
                column: "username_key",
                op: Operator::Eq,
                value: Typed::Text("émile".to_owned()),
            },
        ),
        (
            format!(r#"memberOfGroups[id eq "{ID}"]"#),
            Checked::Compare { column: "group_id", op: Operator::Eq, value: uuid.clone() },
        ),
        (
            format!(r#"memberOfGroups[id eq "{ID}" or id eq "{ID}"]"#),
            Checked::Any(vec![
                Checked::Compare { column: "group_id", op: Operator::Eq, value: uuid.clone() },
                Checked::Compare { column: "group_id", op: Operator::Eq, value: uuid },
            ]),
        ),
        (
            r#"enabled eq "TRUE""#.to_owned(),
            Checked::Compare { column: "enabled", op: Operator::Eq, value: Typed::Int(1) },
        ),
        ("size gt 3".to_owned(), Checked::Compare { column: "size", op: Operator::Gt, value: Typed::Int(3) }),
        ("username eq null".to_owned(), Checked::Not(Box::new(Checked::Present { column: "username_key" }))),
        ("username pr".to_owned(), Checked::Present { column: "username_key" }),
    ];
    for (written, expected) in table {
        assert_eq!(compile(&written, ATTRIBUTES), Ok(expected), "{written}");
    }
}

#[test]
fn a_date_of_the_wire_finds_the_record_that_showed_it() {
    let at = |op, micros| Checked::Compare { column: "created_at", op, value: Typed::Int(micros) };
    let compiled =
        |op: &str| compile(&format!(r#"createdAt {op} "1970-01-01T00:00:00.001Z""#), ATTRIBUTES).unwrap();
    assert_eq!(compiled("eq"), Checked::All(vec![at(Operator::Ge, 1_000), at(Operator::Lt, 2_000)]));
    assert_eq!(compiled("gt"), at(Operator::Ge, 2_000));
    assert_eq!(compiled("ge"), at(Operator::Ge, 1_000));
    assert_eq!(compiled("lt"), at(Operator::Lt, 1_000));
    assert_eq!(compiled("le"), at(Operator::Lt, 2_000));
}

#[test]
fn what_is_not_offered_is_refused_with_what_is() {
    let unknown = compile(r#"shoeSize eq "9""#, ATTRIBUTES).unwrap_err();
    assert_eq!((unknown.code, unknown.target.as_deref()), (Code::InvalidFilter, Some("filter")));
    assert_eq!(
        unknown.inner["supportedAttributes"],
        json!(["username", "id", "enabled", "createdAt", "size", "memberOfGroups.id"])
    );
    let operator = compile(r#"id sw "0""#, ATTRIBUTES).unwrap_err();
    assert_eq!(operator.inner["supportedOperators"], json!(["eq"]));
    let presence = compile("id pr", ATTRIBUTES).unwrap_err();
    assert_eq!(presence.inner["supportedOperators"], json!(["eq"]));
}

#[test]
fn a_literal_of_the_wrong_type_is_an_invalid_filter() {
    for written in [
        r#"id eq "not-an-id""#,
        "id eq 5",
        "id eq true",
        "username eq 5",
        "username sw null",
        r#"username eq "a\u0000""#,
        r#"enabled eq "yes""#,
        r#"createdAt gt "yesterday""#,
        "createdAt gt null",
        "size gt 1.5",
        "size gt 99999999999999999999",
        r#"memberOfGroups[id eq "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01" and id pr]"#,
        "a eq",
    ] {
        let problem = compile(written, ATTRIBUTES).unwrap_err();
        assert_eq!(
            (problem.code, problem.target.as_deref()),
            (Code::InvalidFilter, Some("filter")),
            "{written}"
        );
    }
}

#[test]
fn folding_keeps_beginnings() {
    assert!(fold("ΟΔΟΣΑ").starts_with(&fold("ΟΔΟΣ")));
    assert_eq!(fold("Straße ÄÖ"), "straße äö");
}

fn attribute() -> impl Strategy<Value = String> {
    "[a-zA-Z_$][a-zA-Z0-9_$-]{0,6}(\\.[a-zA-Z_$][a-zA-Z0-9_-]{0,6}){0,2}"
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<String>().prop_map(Literal::Text),
        any::<i64>().prop_map(|number| Literal::Number(number.into())),
        (-1_000_000_i32..1_000_000).prop_map(|quarters| Literal::Number(
            serde_json::Number::from_f64(f64::from(quarters) / 4.0).unwrap()
        )),
        any::<bool>().prop_map(Literal::Boolean),
        Just(Literal::Null),
    ]
}

fn condition() -> impl Strategy<Value = Filter> {
    prop_oneof![
        3 => (attribute(), 0_usize..9, literal()).prop_map(|(attribute, op, value)| Filter::Compare {
            attribute,
            op: Operator::ALL[op],
            value,
        }),
        1 => attribute().prop_map(Filter::Present),
    ]
}

fn tree(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let value_path = (attribute(), tree(condition()))
        .prop_map(|(attribute, filter)| Filter::ValuePath { attribute, filter: Box::new(filter) });
    tree(prop_oneof![4 => condition(), 1 => value_path])
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = compile(&text, ATTRIBUTES);
    }

    #[test]
    fn any_arrangement_of_tokens_is_read_or_refused(
        tokens in proptest::collection::vec(
            prop_oneof![
                Just("("), Just(")"), Just("["), Just("]"), Just("not"), Just("and"), Just("or"), Just("eq"),
                Just("pr"), Just("id"), Just("username"), Just("\"x\""), Just("\""), Just("\\"), Just("1"), Just("urn:a:"),
            ],
            0..40,
        ),
        between in prop_oneof![Just(" "), Just("")],
    ) {
        let text = tokens.join(between);
        if let Err(error) = parse(&text) {
            prop_assert!(error.offset <= text.len());
        }
    }

    #[test]
    fn a_printed_filter_reads_back_the_same(filter in filter()) {
        let text = filter.to_string();
        prop_assume!(text.len() <= MAX_LENGTH);
        prop_assert_eq!(parse(&text), Ok(filter));
    }

    #[test]
    fn a_fold_is_made_letter_by_letter(first in any::<String>(), second in any::<String>()) {
        prop_assert_eq!(fold(&format!("{first}{second}")), fold(&first) + &fold(&second));
    }
}
