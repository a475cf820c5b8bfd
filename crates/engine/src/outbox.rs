//! Enqueues messages in the transaction that causes them.
//!
//! The content is sealed: it holds a code and an address. Delivery is the
//! worker's business, after the commit.

use std::sync::atomic::Ordering;

use postern_core::ids::{DeviceId, UserId};
use postern_core::notify::message::OutboundMessage;
use postern_core::notify::payload;
use postern_store::sql::Tx;
use postern_store::tables::outbox::{self, NewMessage};

use crate::{Ctx, Result};

/// Enqueues a message for a user's device.
///
/// # Errors
/// Those of the database.
pub async fn enqueue(
    tx: &mut Tx,
    ctx: &Ctx,
    message: &OutboundMessage,
    user: UserId,
    device: Option<DeviceId>,
) -> Result<()> {
    let row = NewMessage {
        environment: message.environment,
        id: message.id,
        channel: message.channel.request_name(),
        payload: payload::seal(&ctx.keys, &ctx.random, message).0,
        user: Some(user),
        device,
        created_at: ctx.now,
        expires_at: message.expires_at,
    };
    outbox::enqueue(tx, &row).await?;
    ctx.posted.store(true, Ordering::Release);
    Ok(())
}
