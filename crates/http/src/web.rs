//! What every door shares: routing by method and media type, authentication, errors, HAL, paging, headers.
//!
//! Doors (`mgmt`, `auth`, `pages`) declare [`Route`]s; this module turns them
//! into an axum router. It knows nothing of any resource.

pub mod app;
pub(crate) mod browser_cookie;
pub mod call;
pub mod cors;
pub mod domains;
pub mod failure;
pub mod hal;
pub mod hashing;
pub mod limits;
pub mod media;
pub(crate) mod multipart;
pub mod origin;
pub mod paging;
pub mod qr;
pub mod reply;
pub mod route;
pub mod router;
mod stamp;

pub use app::App;
pub use call::Call;
pub use failure::Failure;
pub use reply::Reply;
pub use route::{Access, Media, Route};
