//! What holds for every declaration and every body, tried on many of them.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::problem::Code;

fn declared() -> Object {
    object(vec![
        uuid("id").read_only(),
        text("name").required().max(8),
        text("note").multiline(),
        text("region").immutable(),
        boolean("default").default(false),
        integer("count", 1, 7),
        integer("priority", 1, 100).whole(),
        one_of("type", &["A", "B"]),
        date("expiresAt"),
        reference("owner"),
        uuid("policy").nullable(),
        list("uris", url("uri"), 2),
        list(
            "applications",
            nested("application", object(vec![uuid("id").required(), boolean("on").default(true)])),
            3,
        ),
        map("variables", text("value").max(5), 2),
        nested(
            "otp",
            object(vec![
                duration("lifeTime", &[("MINUTES", 1, 120), ("SECONDS", 60, 7200)]).required(),
                integer("length", 6, 10).default(6),
            ]),
        ),
        nested("settings", object(vec![boolean("on").default(false)])).default(json!({})),
        json("free").max(60),
    ])
}

const ID: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

fn problem_of(input: &Value) -> (Code, String) {
    let problems = declared().check(input, None).unwrap_err();
    assert_eq!(problems.len(), 1, "{input}: {problems:?}");
    (problems[0].code, problems[0].target.clone().unwrap_or_default())
}

#[test]
fn one_bad_member_is_named_with_its_code_and_place() {
    let table = [
        (json!({}), Code::RequiredValue, "name"),
        (json!({"name": null}), Code::RequiredValue, "name"),
        (json!({"name": "  "}), Code::EmptyValue, "name"),
        (json!({"name": 1}), Code::InvalidValue, "name"),
        (json!({"name": "123456789"}), Code::SizeLimitExceeded, "name"),
        (json!({"name": "a\u{0}"}), Code::InvalidValue, "name"),
        (json!({"name": "a\nb"}), Code::InvalidValue, "name"),
        (json!({"name": "x", "note": "a\u{0}"}), Code::InvalidValue, "note"),
        (json!({"name": "x", "default": "yes"}), Code::InvalidValue, "default"),
        (json!({"name": "x", "count": 0}), Code::OutOfRange, "count"),
        (json!({"name": "x", "count": 1e300}), Code::OutOfRange, "count"),
        (json!({"name": "x", "count": "many"}), Code::InvalidValue, "count"),
        (json!({"name": "x", "priority": 1.5}), Code::InvalidValue, "priority"),
        (json!({"name": "x", "type": "C"}), Code::InvalidValue, "type"),
        (json!({"name": "x", "expiresAt": "soon"}), Code::InvalidValue, "expiresAt"),
        (json!({"name": "x", "owner": {}}), Code::RequiredValue, "owner.id"),
        (json!({"name": "x", "owner": {"id": "1"}}), Code::InvalidValue, "owner.id"),
        (json!({"name": "x", "owner": "1"}), Code::InvalidValue, "owner"),
        (json!({"name": "x", "uris": ["https://a.example", "b"]}), Code::InvalidValue, "uris[1]"),
        (
            json!({"name": "x", "uris": ["https://a", "https://b", "https://c"]}),
            Code::SizeLimitExceeded,
            "uris",
        ),
        (json!({"name": "x", "applications": [{"id": ID}, {}]}), Code::RequiredValue, "applications[1].id"),
        (json!({"name": "x", "variables": {"a": "123456"}}), Code::SizeLimitExceeded, "variables.a"),
        (json!({"name": "x", "variables": {"": "1"}}), Code::InvalidValue, "variables"),
        (json!({"name": "x", "otp": {}}), Code::RequiredValue, "otp.lifeTime"),
        (
            json!({"name": "x", "otp": {"lifeTime": {"duration": 30}}}),
            Code::RequiredValue,
            "otp.lifeTime.timeUnit",
        ),
        (
            json!({"name": "x", "otp": {"lifeTime": {"duration": 59, "timeUnit": "SECONDS"}}}),
            Code::OutOfRange,
            "otp.lifeTime.duration",
        ),
        (
            json!({"name": "x", "otp": {"lifeTime": {"duration": 1, "timeUnit": "DAYS"}}}),
            Code::InvalidValue,
            "otp.lifeTime.timeUnit",
        ),
        (json!({"name": "x", "free": "0".repeat(60)}), Code::SizeLimitExceeded, "free"),
    ];
    for (input, code, target) in table {
        assert_eq!(problem_of(&input), (code, target.to_owned()), "{input}");
    }
}

#[test]
fn bounds_and_words_travel_with_the_problem() {
    let problems = declared().check(&json!({"name": "x", "count": 9, "type": "C"}), None).unwrap_err();
    assert_eq!(
        Value::Object(problems[0].inner.clone()),
        json!({"rangeMinimumValue": 1, "rangeMaximumValue": 7})
    );
    assert_eq!(Value::Object(problems[1].inner.clone()), json!({"allowedValues": ["A", "B"]}));
}

#[test]
fn values_are_coerced_and_defaults_filled() {
    let checked = declared().check(
        &json!({"name": "x", "default": "true", "count": "4", "id": "ignored", "unknown": 1, "priority": 2.0,
                "owner": {"id": ID.to_uppercase(), "name": "dropped"}, "policy": null,
                "otp": {"lifeTime": {"timeUnit": "MINUTES", "duration": 4.7}}}),
        None,
    );
    assert_eq!(
        Value::Object(checked.unwrap()),
        json!({"name": "x", "default": true, "count": 4, "priority": 2, "owner": {"id": ID}, "policy": null,
               "otp": {"lifeTime": {"duration": 4, "timeUnit": "MINUTES"}, "length": 6}, "settings": {"on": false}})
    );
}

#[test]
fn an_update_keeps_what_it_may_not_change() {
    let old = json!({"id": ID, "name": "x", "region": "EU"});
    let old = old.as_object();
    let checked = declared().check(&json!({"name": "y", "id": "z"}), old).unwrap();
    assert_eq!((checked.get("id"), checked.get("region")), (Some(&json!(ID)), Some(&json!("EU"))));
    let problems = declared().check(&json!({"name": "y", "region": "NA"}), old).unwrap_err();
    assert_eq!((problems[0].code, problems[0].target.as_deref()), (Code::InvalidValue, Some("region")));
}

#[test]
fn a_body_must_be_an_object_and_null_is_an_empty_one() {
    assert!(declared().check(&json!([]), None).is_err());
    assert!(object(vec![text("a")]).check(&Value::Null, None).unwrap().is_empty());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_i64..130).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            "x",
            "",
            "A",
            "MINUTES",
            "SECONDS",
            "4",
            "true",
            ID,
            "https://a.example",
            "2026-03-23T16:37:59.6591Z"
        ])
        .prop_map(Value::from),
    ];
    let name =
        prop::sample::select(vec!["id", "name", "on", "lifeTime", "duration", "timeUnit", "length", "other"]);
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..5).prop_map(|members| Value::Object(
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
}

fn any_body() -> impl Strategy<Value = Value> {
    let names: Vec<String> = declared().fields.iter().map(|field| field.name.to_owned()).collect();
    prop::collection::vec((prop::sample::select(names), any_json()), 0..6).prop_map(|members| {
        let mut body: Map<String, Value> = members.into_iter().collect();
        body.insert("name".to_owned(), json!("x"));
        Value::Object(body)
    })
}

proptest! {
    #[test]
    fn no_json_makes_a_check_panic(input in any_json(), old in any_body()) {
        let _ = declared().check(&input, None);
        let _ = declared().check(&input, old.as_object());
    }

    #[test]
    fn a_checked_body_checks_to_itself(input in any_body()) {
        if let Ok(once) = declared().check(&input, None) {
            let twice = declared().check(&Value::Object(once.clone()), None);
            prop_assert_eq!(twice, Ok(once));
        }
    }

    #[test]
    fn every_problem_of_a_member_has_a_target(input in any_body()) {
        if let Err(problems) = declared().check(&input, None) {
            prop_assert!(problems.iter().all(|problem| problem.target.is_some()));
        }
    }
}
