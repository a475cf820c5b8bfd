//! What may be passed as a [`Value`] with `.into()`.

use postern_core::ids;
use postern_core::time::Timestamp;
use uuid::Uuid;

use super::value::Value;

macro_rules! values {
    ($($type:ty => |$it:ident| $value:expr;)+) => {$(
        impl From<$type> for Value {
            fn from($it: $type) -> Self {
                $value
            }
        }
    )+};
}

values! {
    i64 => |number| Self::Int(number);
    i32 => |number| Self::Int(i64::from(number));
    u32 => |number| Self::Int(i64::from(number));
    bool => |flag| Self::Int(i64::from(flag));
    Timestamp => |time| Self::Int(time.micros());
    String => |text| Self::Text(text);
    &String => |text| Self::Text(text.clone());
    &str => |text| Self::Text(text.to_owned());
    Vec<u8> => |bytes| Self::Bytes(bytes);
    &[u8] => |bytes| Self::Bytes(bytes.to_vec());
    [u8; 32] => |bytes| Self::Bytes(bytes.to_vec());
    Uuid => |uuid| Self::Uuid(uuid);
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! typed_ids {
    ($($name:ident),+ $(,)?) => {$(
        impl From<ids::$name> for Value {
            fn from(id: ids::$name) -> Self {
                Self::id(id)
            }
        }
    )+};
}

typed_ids! {
    OrganizationId, EnvironmentId, LicenseId, PopulationId, GroupId, UserId, SchemaAttributeId, ApplicationId, ResourceId, ScopeId,
    ResourceAttributeId, ApplicationAttributeId, GrantId, SignOnPolicyId, SignOnActionId, SignOnAssignmentId,
    RoleId, RoleAssignmentId, DevicePolicyId, Fido2PolicyId, FidoPolicyId, AuthenticatorId, MfaSettingsId, PasswordPolicyId, KeyRotationPolicyId,
    NotificationPolicyId, TemplateContentId, PhoneDeliveryId, SettingsId, DeviceId, FlowId, SessionId, KeyId,
    MessageId, EventId, PushCredentialsId, PairingKeyId, PushRequestId, AuthenticationCodeId,
    CustomDomainId, EmailDomainId, ThemeId, ImageId, LanguageId, LanguageStatusId, TranslationsId, AgreementId, AgreementLanguageId,
    AgreementRevisionId, SubscriptionId, AlertChannelId, FormId,
    KeyPairId, CertificateId, IdentityProviderId, IdentityProviderAttributeId, GatewayId, GatewayCredentialId,
    ApplicationResourceId, RateLimitIpId,
    OathTokenId, OathJobId, RobotId,
}
