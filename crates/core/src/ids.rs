//! One identifier type per kind of thing, so that a user id is never passed for a device id.
//!
//! On the wire an id is a lower-case hyphenated UUID. New ids come from
//! [`Random`]; nothing here makes one on its own.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::random::Random;
use crate::time::Timestamp;

/// A text was not a hyphenated UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hyphenated UUID")]
pub struct InvalidId;

/// What every typed id offers to generic code.
pub trait Id: Copy + Eq + std::hash::Hash + std::fmt::Display + Send + Sync + 'static {
    /// Wraps a raw UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The raw UUID.
    fn uuid(self) -> Uuid;
}

/// Reads the hyphenated form, in either case, and nothing else.
///
/// # Errors
/// [`InvalidId`] for every other spelling.
pub fn parse_uuid(text: &str) -> Result<Uuid, InvalidId> {
    if text.len() != 36 {
        return Err(InvalidId);
    }
    Uuid::try_parse(text).map_err(|_| InvalidId)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id that names nothing, or what stands above.
            pub const NIL: Self = Self(Uuid::nil());

            /// A fresh random id.
            #[must_use]
            pub fn new(random: &Random) -> Self {
                Self(random.uuid())
            }

            /// A fresh id for what is made in numbers; see [`Random::uuid_at`].
            #[must_use]
            pub fn at(now: Timestamp, random: &Random) -> Self {
                Self(random.uuid_at(now))
            }
        }

        impl Id for $name {
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0.as_hyphenated(), f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_uuid(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// The owner of environments and licences.
    OrganizationId,
    /// A tenant: everything but organizations, built-in roles and licences lives in one.
    EnvironmentId,
    /// A licence of an organization.
    LicenseId,
    /// A group of users with common settings.
    PopulationId,
    /// A named set of users.
    GroupId,
    /// A person who signs on.
    UserId,
    /// An attribute that an environment added to its users.
    SchemaAttributeId,
    /// An OAuth client.
    ApplicationId,
    /// An API with an audience and scopes.
    ResourceId,
    /// A scope of a resource.
    ScopeId,
    /// A claim mapping of a resource.
    ResourceAttributeId,
    /// A claim mapping of an application.
    ApplicationAttributeId,
    /// The scopes of one resource that an application may request.
    GrantId,
    /// An ordered set of sign-on actions.
    SignOnPolicyId,
    /// One step of a sign-on policy.
    SignOnActionId,
    /// The link between an application and a sign-on policy.
    SignOnAssignmentId,
    /// A set of permissions.
    RoleId,
    /// A role given to an actor within a scope.
    RoleAssignmentId,
    /// A device authentication policy, also called MFA policy.
    DevicePolicyId,
    /// A FIDO2 policy.
    Fido2PolicyId,
    /// A FIDO policy of former times.
    FidoPolicyId,
    /// What is known of a make of authenticator that an administrator added.
    AuthenticatorId,
    /// The MFA settings of an environment.
    MfaSettingsId,
    /// Rules for passwords.
    PasswordPolicyId,
    /// Rules for the rotation of signing keys.
    KeyRotationPolicyId,
    /// A key with a certificate.
    KeyPairId,
    /// A certificate of somebody else.
    CertificateId,
    /// Another place where people have accounts.
    IdentityProviderId,
    /// What of an account elsewhere becomes an attribute here.
    IdentityProviderAttributeId,
    /// A gateway to a place behind a firewall.
    GatewayId,
    /// A credential of a gateway.
    GatewayCredentialId,
    /// A part of an API to which permissions are given.
    ApplicationResourceId,
    /// Addresses that no rate limit counts.
    RateLimitIpId,
    /// A notification policy.
    NotificationPolicyId,
    /// A domain under which an environment wants its pages to be.
    CustomDomainId,
    /// A domain from which an environment wants its mails to come.
    EmailDomainId,
    /// How the pages of an environment look.
    ThemeId,
    /// An image that was uploaded.
    ImageId,
    /// A language of an environment.
    LanguageId,
    /// How far a service is with the texts of a language.
    LanguageStatusId,
    /// The texts of pages in one language.
    TranslationsId,
    /// What people must consent to.
    AgreementId,
    /// An agreement in one language.
    AgreementLanguageId,
    /// The text of an agreement in one language, from some time on.
    AgreementRevisionId,
    /// A webhook.
    SubscriptionId,
    /// Who is told when something needs an administrator.
    AlertChannelId,
    /// A page that administrators lay out themselves.
    FormId,
    /// The text of one notification template in one language for one channel.
    TemplateContentId,
    /// A configured gateway for text messages and calls.
    PhoneDeliveryId,
    /// A singleton of settings of an environment.
    SettingsId,
    /// An MFA device of a user.
    DeviceId,
    /// The push credentials of an application for one network.
    PushCredentialsId,
    /// A key with which a mobile application becomes a device of a user.
    PairingKeyId,
    /// A request to a mobile device to approve something.
    PushRequestId,
    /// A code that a mobile application claims to sign its user on elsewhere.
    AuthenticationCodeId,
    /// An attempt of a user to prove a factor, outside of a sign-on flow.
    DeviceAuthenticationId,
    /// A sign-on flow in progress.
    FlowId,
    /// A browser session of a user.
    SessionId,
    /// A signing key.
    KeyId,
    /// A message to a person, from enqueueing to its end.
    MessageId,
    /// An entry of the audit trail.
    EventId,
    /// A hardware token.
    OathTokenId,
    /// Bulk work on hardware tokens.
    OathJobId,
    /// A software factor of an environment for tests.
    RobotId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints() {
        let id = UserId::new(&Random::seeded(7));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn other_spellings_of_a_uuid_are_refused() {
        for text in ["", "{0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01}", "0b7d2a526a3c4c1e9d0a6b2a7c2f1a01", "x"] {
            assert_eq!(text.parse::<UserId>(), Err(InvalidId), "{text}");
        }
    }
}
