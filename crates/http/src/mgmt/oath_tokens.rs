//! Hardware tokens: `/v1/environments/{envID}/oathTokens`, and bulk jobs on them: `…/oathJobs` (MFA contract 5.3).
//!
//! A token is a plain resource that can be created, read and revoked; it is
//! brought in step by an action, under its own path and under that of its user.

mod jobs;
mod resync;

use crate::mgmt::crud;
use crate::mgmt::resources::oath_token::OathTokens;
use crate::web::Route;

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    [crud::routes::<OathTokens>(), resync::routes(), jobs::routes()].concat()
}
