//! Claims that exist without anybody's doing: the subject of every client and custom resource, and what the openid
//! resource says of a user (platform contract 3.7).

use postern_core::directory::application::{Application, Protocol};
use postern_core::directory::application_attribute::ApplicationAttribute;
use postern_core::directory::reference::Reference;
use postern_core::directory::resource::{Resource, ResourceType};
use postern_core::directory::resource_attribute::ResourceAttribute;
use postern_core::entity::Stored;
use postern_core::ids::Id;
use postern_store::documents::{self, Document};
use postern_store::sql::Tx;

use crate::{Ctx, Result};

/// Gives a new application its claims.
///
/// # Errors
/// Those of the database.
pub async fn of_application(tx: &mut Tx, ctx: &Ctx, application: &Stored<Application>) -> Result<()> {
    let id = Reference::to(application.id);
    match application.protocol {
        Protocol::OpenIdConnect => keep(tx, ctx, ApplicationAttribute::subject(id)).await,
        Protocol::Saml | Protocol::WsFed => keep(tx, ctx, ApplicationAttribute::saml_subject(id)).await,
        Protocol::ExternalLink => Ok(()),
    }
}

/// Gives a new resource its claims.
///
/// # Errors
/// Those of the database.
pub async fn of_resource(tx: &mut Tx, ctx: &Ctx, resource: &Stored<Resource>) -> Result<()> {
    let id = Reference::to(resource.id);
    match resource.kind {
        ResourceType::OpenIdConnect => {
            for claim in ResourceAttribute::predefined(id) {
                keep(tx, ctx, claim).await?;
            }
            Ok(())
        }
        ResourceType::Custom => keep(tx, ctx, ResourceAttribute::subject(id)).await,
        ResourceType::PingOneApi => Ok(()),
    }
}

async fn keep<T: Document>(tx: &mut Tx, ctx: &Ctx, claim: T) -> Result<()> {
    let id = T::Id::from_uuid(ctx.random.uuid());
    Ok(documents::insert(tx, &Stored::new(ctx.environment, id, ctx.now, claim)).await?)
}
