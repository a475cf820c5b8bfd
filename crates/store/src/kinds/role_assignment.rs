//! Where it is kept which roles an actor holds.

use postern_core::directory::role_assignment::RoleAssignment;

use uuid::Uuid;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for RoleAssignment {
    const TABLE: &'static str = "role_assignment";
    const COLUMNS: &'static [Column] =
        &[Column::uuid("actor_id"), Column::uuid("role_id"), Column::uuid("scope_id")];

    fn index_values(&self) -> Vec<Value> {
        vec![actor(self).into(), self.role.id.into(), self.scope.id.into()]
    }
}

/// The user, application, group or gateway that holds the role.
fn actor(assignment: &RoleAssignment) -> Option<Uuid> {
    use postern_core::ids::Id;
    let user = assignment.user.map(|user| user.id.uuid());
    let application = assignment.application.map(|application| application.id.uuid());
    let gateway = assignment.gateway.map(|gateway| gateway.id.uuid());
    user.or(application).or(assignment.group.map(|group| group.id.uuid())).or(gateway)
}
