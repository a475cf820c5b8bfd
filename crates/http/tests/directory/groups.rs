//! Groups: their names and populations, who is in them and by which way, groups in groups, what goes with them.

use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

use super::{id, items};

async fn group(app: &TestApp, admin: &Client, body: Value) -> String {
    id(&admin.post(&app.path("/groups"), body).await.expect(201))
}

async fn population(app: &TestApp, admin: &Client, name: &str) -> String {
    id(&admin.post(&app.path("/populations"), json!({"name": name})).await.expect(201))
}

fn names<'b>(body: &'b Value, collection: &str) -> Vec<&'b str> {
    items(body, collection).iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// The names of users that a filter finds, encoded by the caller's needs.
async fn found(app: &TestApp, admin: &Client, filter: &str) -> Vec<String> {
    let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    let listed = admin.get(&app.path(&format!("/users?filter={filter}"))).await.expect(200);
    items(&listed, "users").iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_group_of_the_environment_shares_its_name_with_no_other() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let (one, two) = (population(&app, &admin, "One").await, population(&app, &admin, "Two").await);
        let path = app.path("/groups");
        let of = |population: &str, name: &str| json!({"name": name, "population": {"id": population}});
        group(&app, &admin, of(&one, "Managers")).await;
        group(&app, &admin, of(&two, "managers")).await;
        for body in [of(&one, "MANAGERS"), json!({"name": "Managers"})] {
            let answer = admin.post(&path, body).await;
            assert_eq!(answer.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION")["target"], "name");
        }
        let everybody = group(&app, &admin, json!({"name": "Everybody"})).await;
        let answer = admin.post(&path, of(&one, "everybody")).await;
        answer.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        let renamed =
            admin.put(&app.path(&format!("/groups/{everybody}")), json!({"name": "Managers"})).await;
        renamed.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        let same = json!({"name": "EVERYBODY", "description": "all"});
        let same = admin.put(&app.path(&format!("/groups/{everybody}")), same).await.expect(200);
        assert_eq!((&same["name"], &same["displayName"]), (&json!("EVERYBODY"), &json!("EVERYBODY")));
        let listed = admin.get(&app.path("/groups?filter=name+sw+%22man%22&limit=1")).await.expect(200);
        assert_eq!((&listed["count"], &listed["size"]), (&json!(2), &json!(1)));
        assert!(listed["_links"]["next"]["href"].is_string());
        let listed =
            admin.get(&app.path(&format!("/groups?filter=population.id+eq+%22{two}%22"))).await.expect(200);
        assert_eq!(names(&listed, "groups"), ["managers"]);
    })
    .await;
}

#[tokio::test]
async fn a_group_stays_where_it_is_and_its_filter_can_be_read() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let other = population(&app, &admin, "Other").await;
        let made = group(&app, &admin, json!({"name": "All"})).await;
        let path = app.path(&format!("/groups/{made}"));
        let moved = admin.put(&path, json!({"name": "All", "population": {"id": other}})).await;
        assert_eq!(moved.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "population");
        let nowhere = json!({"name": "x", "population": {"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}});
        let nowhere = admin.post(&app.path("/groups"), nowhere).await;
        assert_eq!(nowhere.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "population.id");
        for filter in ["title eq", r#"shoe eq "9""#, &format!(r#"memberOfGroups[id eq "{made}"]"#)] {
            let answer = admin.put(&path, json!({"name": "All", "userFilter": filter})).await;
            assert_eq!(
                answer.refused(400, "INVALID_DATA", "INVALID_FILTER")["target"],
                "userFilter",
                "{filter}"
            );
        }
        let filter = json!({"name": "All", "userFilter": "title eq \"Boss\"", "customData": {"a": [1]}});
        let kept = admin.put(&path, filter).await.expect(200);
        assert_eq!(kept["userFilter"], "title eq \"Boss\"");
        assert!(kept.get("description").is_none(), "what was not sent is not shown");
        let group = json!({"name": "Theirs", "population": {"id": other}});
        let group = admin.post(&app.path("/groups"), group).await.expect(201);
        let population = app.path(&format!("/populations/{other}"));
        admin.delete(&population).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&app.path(&format!("/groups/{}", id(&group)))).await.expect(204);
        admin.delete(&population).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_user_is_a_member_by_being_added_or_by_the_filter() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let alice = app.user(&admin, "alice", None).await;
        app.user(&admin, "bob", None).await;
        let added = group(&app, &admin, json!({"name": "Added"})).await;
        let filter = json!({"name": "By filter", "userFilter": "title sw \"boss\" and enabled eq true"});
        let by_filter = group(&app, &admin, filter).await;
        let path = app.path(&format!("/users/{alice}/memberOfGroups"));

        let made = admin.post(&path, json!({"id": added})).await.expect(201);
        assert_eq!(
            (&made["id"], &made["name"], &made["type"]),
            (&json!(added), &json!("Added"), &json!("DIRECT"))
        );
        let again = admin.post(&path, json!({"id": added})).await;
        assert_eq!(again.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION")["target"], "id");
        let unknown = admin.post(&path, json!({"id": alice})).await;
        assert_eq!(unknown.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "id");
        admin.post(&path, json!({})).await.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        assert_eq!(admin.get(&format!("{path}/{added}")).await.expect(200), made);
        admin.get(&format!("{path}/{by_filter}")).await.expect(404);

        admin.patch(&app.path(&format!("/users/{alice}")), json!({"title": "Boss of all"})).await.expect(200);
        let listed = admin.get(&format!("{path}?expand=group")).await.expect(200);
        assert_eq!(names(&listed, "groupMemberships"), ["Added", "By filter"]);
        assert_eq!(items(&listed, "groupMemberships")[1]["type"], "INDIRECT");
        assert_eq!(
            items(&listed, "groupMemberships")[0]["_embedded"]["group"]["directMemberCounts"]["users"],
            1
        );
        let removed = admin.delete(&format!("{path}/{by_filter}")).await;
        removed.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        assert_eq!(found(&app, &admin, &format!(r#"memberOfGroups[id eq "{by_filter}"]"#)).await, ["alice"]);
        let both = format!(r#"memberOfGroups[id eq "{added}"] and name.family eq "x""#);
        assert!(found(&app, &admin, &both).await.is_empty());
        assert_eq!(found(&app, &admin, &format!(r#"not (memberOfGroups[id eq "{added}"])"#)).await, ["bob"]);

        let first = admin.get(&format!("{path}?limit=1")).await.expect(200);
        let next =
            first["_links"]["next"]["href"].as_str().unwrap().strip_prefix("http://postern.test").unwrap();
        assert_eq!(names(&admin.get(next).await.expect(200), "groupMemberships"), ["By filter"]);
        let user = app.path(&format!("/users/{alice}?include=memberOfGroupIDs,memberOfGroupNames"));
        let user = admin.get(&user).await.expect(200);
        assert_eq!(user["memberOfGroupIDs"], json!([added, by_filter]));
        assert_eq!(user["memberOfGroupNames"], json!(["Added", "By filter"]));
        let counted = app.path(&format!("/groups/{by_filter}?include=totalMemberCounts"));
        let counted = admin.get(&counted).await.expect(200);
        assert_eq!(counted["directMemberCounts"]["users"], 0);
        assert_eq!(counted["totalMemberCounts"]["users"], 1);
        admin.delete(&format!("{path}/{added}")).await.expect(204);
        admin.delete(&format!("{path}/{added}")).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_group_of_a_population_holds_its_users_only() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let (one, two) = (population(&app, &admin, "One").await, population(&app, &admin, "Two").await);
        let alice = app.user(&admin, "alice", Some(&one)).await;
        let filter = json!({"name": "A", "population": {"id": one}, "userFilter": "enabled eq true"});
        let (of_one, of_two) = (
            group(&app, &admin, filter).await,
            group(&app, &admin, json!({"name": "B", "population": {"id": two}})).await,
        );
        let all = group(&app, &admin, json!({"name": "All"})).await;
        let path = app.path(&format!("/users/{alice}/memberOfGroups"));
        let stranger = admin.post(&path, json!({"id": of_two})).await;
        assert_eq!(stranger.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "id");
        for group in [&of_one, &all] {
            admin.post(&path, json!({"id": group})).await.expect(201);
        }
        admin.put(&app.path(&format!("/users/{alice}/population")), json!({"id": two})).await.expect(200);
        assert_eq!(names(&admin.get(&path).await.expect(200), "groupMemberships"), ["All"]);
        admin
            .patch(&app.path(&format!("/users/{alice}")), json!({"population": {"id": one}}))
            .await
            .expect(200);
        let back = admin.get(&path).await.expect(200);
        assert_eq!(names(&back, "groupMemberships"), ["A", "All"]);
        assert_eq!(items(&back, "groupMemberships")[0]["type"], "INDIRECT", "the filter, no longer by hand");
        let members = found(&app, &admin, &format!(r#"memberOfGroups[id eq "{of_one}"]"#)).await;
        assert_eq!(members, ["alice"]);
    })
    .await;
}

#[tokio::test]
async fn users_of_a_nested_group_are_members_of_the_one_around_it() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let one = population(&app, &admin, "One").await;
        let (a, b, c) = (
            group(&app, &admin, json!({"name": "A"})).await,
            group(&app, &admin, json!({"name": "B"})).await,
            group(&app, &admin, json!({"name": "C"})).await,
        );
        let of_one = group(&app, &admin, json!({"name": "P", "population": {"id": one}})).await;
        let nestings = |group: &str| app.path(&format!("/groups/{group}/memberOfGroups"));
        let made = admin.post(&nestings(&b), json!({"id": a})).await.expect(201);
        assert_eq!((&made["id"], &made["name"], &made["type"]), (&json!(a), &json!("A"), &json!("DIRECT")));
        admin.post(&nestings(&c), json!({"id": b})).await.expect(201);
        let listed = admin.get(&nestings(&c)).await.expect(200);
        assert_eq!(names(&listed, "groupMemberships"), ["A", "B"]);
        assert_eq!(items(&listed, "groupMemberships")[0]["type"], "INDIRECT");
        assert_eq!(admin.get(&format!("{}/{a}", nestings(&b))).await.expect(200), made);

        for (inner, outer) in [(&a, &c), (&a, &b), (&a, &a)] {
            let circle = admin.post(&nestings(inner), json!({"id": outer})).await;
            assert_eq!(circle.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "id");
        }
        admin.post(&nestings(&b), json!({"id": a})).await.refused(
            400,
            "INVALID_DATA",
            "UNIQUENESS_VIOLATION",
        );
        admin.post(&nestings(&a), json!({"id": of_one})).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        admin.post(&nestings(&of_one), json!({"id": a})).await.expect(201);

        let alice = app.user(&admin, "alice", None).await;
        let path = app.path(&format!("/users/{alice}/memberOfGroups"));
        admin.post(&path, json!({"id": c})).await.expect(201);
        let memberships = admin.get(&path).await.expect(200);
        assert_eq!(names(&memberships, "groupMemberships"), ["A", "B", "C"]);
        assert_eq!(found(&app, &admin, &format!(r#"memberOfGroups[id eq "{a}"]"#)).await, ["alice"]);

        let through = admin.delete(&format!("{}/{a}", nestings(&c))).await;
        through.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&format!("{}/{of_one}", nestings(&c))).await.expect(404);
        admin.delete(&format!("{}/{a}", nestings(&b))).await.expect(204);
        assert_eq!(names(&admin.get(&path).await.expect(200), "groupMemberships"), ["B", "C"]);
        admin.delete(&app.path(&format!("/groups/{c}"))).await.expect(204);
        assert_eq!(admin.get(&path).await.expect(200)["count"], 0);
        admin.delete(&app.path(&format!("/users/{alice}"))).await.expect(204);
        admin.get(&path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn two_at_once_close_no_circle_and_share_no_name() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let one = population(&app, &admin, "One").await;
        for round in 0..4 {
            let a = group(&app, &admin, json!({"name": format!("A{round}")})).await;
            let b = group(&app, &admin, json!({"name": format!("B{round}")})).await;
            let nestings = |group: &str| app.path(&format!("/groups/{group}/memberOfGroups"));
            let (into_a, into_b) = (nestings(&b), nestings(&a));
            let (first, second) =
                tokio::join!(admin.post(&into_a, json!({"id": a})), admin.post(&into_b, json!({"id": b})));
            let mut statuses = [first.status.as_u16(), second.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 400], "one is nested in the other");

            let (name, path) = (format!("Shared {round}"), app.path("/groups"));
            let of_one = json!({"name": name, "population": {"id": one}});
            let (first, second) =
                tokio::join!(admin.post(&path, of_one), admin.post(&path, json!({"name": name})));
            let mut statuses = [first.status.as_u16(), second.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 400], "one has the name");
        }
    })
    .await;
}
