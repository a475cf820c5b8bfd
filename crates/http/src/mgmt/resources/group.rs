//! Groups.

use postern_core::directory::group::Group;
use postern_core::entity::Stored;
use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::permission::{Area, Permission};
use postern_core::schema::Declared;
use postern_engine::{Ctx, groups};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Counted, Hook, Paging, Parent, Resource, Verb, exists};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module. One group is read by an ordinary handler (`mgmt/groups.rs`), which can count all its members.
pub struct Groups;

/// Beyond this many users a group does not say how many it has.
pub(in crate::mgmt) const MOST_COUNTED: i64 = 100_000;

/// The group that owns role assignments.
pub(super) const OWNER: Parent =
    Parent { param: "groupID", member: "group", column: "group_id", exists: exists::<Group> };

const TEXT: &[Operator] = &[Operator::Eq, Operator::StartsWith];

impl Resource for Groups {
    type Doc = Group;
    const PATH: &'static str = "/v1/environments/{envID}/groups";
    const ITEM: &'static str = "/v1/environments/{envID}/groups/{groupID}";
    const ID: &'static str = "groupID";
    const EMBEDDED: &'static str = "groups";
    const TITLE: &'static str = "group";
    const GROUP: &'static str = "Groups";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Create, Verb::Replace, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Groups);
    const WRITE: Permission = Permission::Write(Area::Groups);
    const PAGING: Option<Paging> = Some(Paging { default: 100, max: 1000 });
    const DECIDES_ACCESS: bool = true;
    const FILTERS: &'static [FilterAttribute] = &[
        FilterAttribute { name: "id", kind: AttributeKind::Uuid, operators: &[Operator::Eq], column: "id" },
        FilterAttribute {
            name: "name",
            kind: AttributeKind::TextFolded,
            operators: TEXT,
            column: "name_key",
        },
        FilterAttribute {
            name: "externalId",
            kind: AttributeKind::TextFolded,
            operators: TEXT,
            column: "external_id_key",
        },
        FilterAttribute {
            name: "population.id",
            kind: AttributeKind::Uuid,
            operators: &[Operator::Eq],
            column: "population_id",
        },
    ];

    fn example(n: usize) -> Value {
        json!({ "name": format!("Group {n}"), "description": "An example", "externalId": format!("group-{n}"),
            "userFilter": "title eq \"Manager\"", "customData": { "owner": "Tom" } })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Group>) -> Hook<'t> {
        Box::pin(groups::before_write(tx, ctx, &change.new, change.old.as_ref()))
    }

    /// What a group says of itself gives nobody a role; only its removal takes some away.
    fn decides_access(_change: &Change<Group>) -> bool {
        false
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Group>) -> Hook<'t> {
        Box::pin(groups::before_delete(tx, ctx, old))
    }

    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<Group>]) -> Counted<'t> {
        Box::pin(async move {
            let mut counted = Vec::with_capacity(shown.len());
            for group in shown {
                let users = groups::count_added(tx, ctx, group.id, MOST_COUNTED + 1).await?;
                let users = (users <= MOST_COUNTED)
                    .then(|| ("directMemberCounts".to_owned(), json!({ "users": users })));
                counted.push(users.into_iter().collect());
            }
            Ok(counted)
        })
    }

    fn view(_ctx: &Ctx, stored: &Stored<Group>) -> Map<String, Value> {
        let mut members = view::members(stored, Group::schema());
        members.insert("displayName".to_owned(), json!(stored.name));
        members
    }

    fn links(ctx: &Ctx, stored: &Stored<Group>, own: &str, links: Links) -> Links {
        let links = links
            .link("memberOfGroups", &format!("{own}/memberOfGroups"))
            .link("roleAssignments", &format!("{own}/roleAssignments"));
        match stored.population {
            Some(population) => links.link(
                "population",
                &format!(
                    "{}/environments/{}/populations/{}",
                    ctx.urls.api, stored.environment, population.id
                ),
            ),
            None => links,
        }
    }
}
