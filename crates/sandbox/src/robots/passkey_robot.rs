//! A robot with passkeys: an authenticator whose manners can be chosen, those of a copied one too.

use postern_core::problem::Problem;
use postern_core::random::Random;
use postern_core::schema::{Field, boolean, one_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::authenticator::{Attests, AuthenticatorError, CreationOptions, Manner, Passkey, RequestOptions};

/// Passkeys that one robot keeps.
pub(super) const MOST_PASSKEYS: usize = 20;

/// An authenticator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasskeyRobot {
    pub(super) user_verification: bool,
    pub(super) backup_eligible: bool,
    pub(super) backed_up: bool,
    /// Whether its passkeys count their signatures; those that are kept in step between devices do not.
    pub(super) counts: bool,
    pub(super) attests: Attests,
    #[serde(default)]
    pub(super) passkeys: Vec<KeptPasskey>,
}

/// A passkey and where its counter stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeptPasskey {
    pub(super) passkey: Passkey,
    pub(super) sign_count: u32,
}

/// What the counter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Counter {
    /// It goes on.
    #[default]
    Next,
    /// It stands where it stood, as that of a copy that was made before.
    Clone,
}

/// What a ceremony is to be like.
#[derive(Debug)]
pub(super) struct Ceremony<'c> {
    /// The options that the server handed out.
    pub(super) options: &'c str,
    /// The page; `https://` and the relying party's domain where it is not said.
    pub(super) origin: Option<&'c str>,
    /// Whether the user is verified this time.
    pub(super) user_verification: Option<bool>,
}

/// The members of the body that makes one.
pub(super) fn fields() -> Vec<Field> {
    vec![
        boolean("userVerification").doc("PASSKEY: whether it verifies its user; true where it is not said."),
        boolean("backupEligible")
            .doc("PASSKEY: whether its passkeys can be backed up; true where it is not said."),
        boolean("backedUp").doc("PASSKEY: whether they are; like `backupEligible` where it is not said."),
        boolean("signatureCounter")
            .doc("PASSKEY: whether they count their signatures; true where it is not said."),
        one_of("attestation", &["NONE", "SELF"])
            .doc("PASSKEY: how it attests them; not at all where it is not said."),
    ]
}

impl PasskeyRobot {
    /// Reads the checked body.
    pub(super) fn read(members: &Value) -> Self {
        let said = |name: &str| members.get(name).and_then(Value::as_bool);
        let backup_eligible = said("backupEligible").unwrap_or(true);
        let attests = match members.get("attestation").and_then(Value::as_str) {
            Some("SELF") => Attests::Itself,
            _ => Attests::Nothing,
        };
        Self {
            user_verification: said("userVerification").unwrap_or(true),
            backup_eligible,
            backed_up: said("backedUp").unwrap_or(backup_eligible),
            counts: said("signatureCounter").unwrap_or(true),
            attests,
            passkeys: Vec::new(),
        }
    }

    /// Makes a passkey. Gives the origin and the `attestation` text.
    pub(super) fn register(
        &mut self,
        ceremony: &Ceremony<'_>,
        random: &Random,
    ) -> Result<(String, String), Problem> {
        let options = CreationOptions::parse(ceremony.options).map_err(|why| refusal(why, CREATION))?;
        if self.passkeys.len() >= MOST_PASSKEYS {
            return Err(Problem::invalid(CREATION, "the authenticator has no room for another passkey"));
        }
        let sign_count = u32::from(self.counts);
        let origin = origin(ceremony, &options.rp_id);
        let manner = self.manner(ceremony, sign_count);
        let (passkey, attestation) =
            Passkey::create(&options, &origin, &manner, random).map_err(|why| refusal(why, CREATION))?;
        self.passkeys.push(KeptPasskey { passkey, sign_count });
        Ok((origin, attestation))
    }

    /// Signs with the newest passkey that is asked for. Gives the origin and the `assertion` text.
    pub(super) fn assert(
        &mut self,
        ceremony: &Ceremony<'_>,
        counter: Counter,
    ) -> Result<(String, String), Problem> {
        let options = RequestOptions::parse(ceremony.options).map_err(|why| refusal(why, REQUEST))?;
        let origin = origin(ceremony, &options.rp_id);
        for place in (0..self.passkeys.len()).rev() {
            let Some(KeptPasskey { passkey, sign_count }) = self.passkeys.get(place) else { continue };
            let step = u32::from(self.counts && counter == Counter::Next);
            let count = sign_count.saturating_add(step);
            match passkey.assert(&options, &origin, &self.manner(ceremony, count)) {
                Err(AuthenticatorError::NotAsked) => {}
                Err(why) => return Err(refusal(why, REQUEST)),
                Ok(assertion) => {
                    if let Some(kept) = self.passkeys.get_mut(place) {
                        kept.sign_count = count;
                    }
                    return Ok((origin, assertion));
                }
            }
        }
        Err(refusal(AuthenticatorError::NotAsked, REQUEST))
    }

    fn manner(&self, ceremony: &Ceremony<'_>, sign_count: u32) -> Manner {
        Manner {
            user_verified: ceremony.user_verification.unwrap_or(self.user_verification),
            backup_eligible: self.backup_eligible,
            backed_up: self.backed_up,
            sign_count,
            attests: self.attests,
        }
    }
}

/// The member with the options of a registration.
pub(super) const CREATION: &str = "publicKeyCredentialCreationOptions";
/// The member with the options of an assertion.
pub(super) const REQUEST: &str = "publicKeyCredentialRequestOptions";

fn origin(ceremony: &Ceremony<'_>, rp_id: &str) -> String {
    ceremony.origin.map_or_else(|| format!("https://{rp_id}"), str::to_owned)
}

fn refusal(why: AuthenticatorError, target: &str) -> Problem {
    Problem::invalid(target, why.to_string())
}
