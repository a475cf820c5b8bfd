//! MOBILE devices over HTTP: pairing keys, the device protocol, pushes, passcodes, codes (MFA contract 1.7, 5, 6.8).
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod applications;
mod codes;
mod credentials;
mod keyring;
mod matching;
mod pairing;
mod passcodes;
mod payloads;
mod proofs;
mod pushes;
mod races;
mod support;
mod upkeep;
