//! Why a registration or an assertion does not hold.

/// The rule that was broken. Carries nothing that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    /// The text is not the JSON of a public key credential.
    #[error("not the JSON of a public key credential")]
    MalformedResponse,
    /// An input is longer than anything an authenticator makes.
    #[error("longer than allowed")]
    TooLarge,
    /// A binary member is neither base64 nor base64url.
    #[error("neither base64 nor base64url")]
    MalformedEncoding,
    /// `type` is not `public-key`.
    #[error("the credential's type is not public-key")]
    WrongCredentialType,
    /// `id`, `rawId` and the authenticator's own data name different credentials.
    #[error("the response names different credentials")]
    CredentialIdMismatch,
    /// The client data are not JSON of the expected shape.
    #[error("malformed client data")]
    MalformedClientData,
    /// The client data belong to the other ceremony.
    #[error("the client data are of another type")]
    WrongCeremony,
    /// The client data answer another challenge.
    #[error("another challenge was answered")]
    ChallengeMismatch,
    /// The client data name another origin than the caller, or the caller named none that is valid.
    #[error("the origin is not the one that was named")]
    OriginMismatch,
    /// The origin is neither the relying party's domain nor one below it, or not secure.
    #[error("the origin does not belong to the relying party")]
    OriginNotAllowed,
    /// The ceremony ran inside a frame of another origin.
    #[error("the ceremony ran in a frame of another origin")]
    CrossOrigin,
    /// CBOR is malformed, not canonical, too deep, or followed by more bytes.
    #[error("malformed CBOR")]
    MalformedCbor,
    /// The attestation object has not the expected members.
    #[error("malformed attestation object")]
    MalformedAttestationObject,
    /// The authenticator data are cut short, too long or contradict their flags.
    #[error("malformed authenticator data")]
    MalformedAuthenticatorData,
    /// The authenticator data are for another relying party.
    #[error("signed for another relying party")]
    RelyingPartyMismatch,
    /// The user was not present.
    #[error("the user was not present")]
    UserNotPresent,
    /// The user was not verified though that is required.
    #[error("the user was not verified")]
    UserNotVerified,
    /// Backed up without being eligible for it, or the eligibility has changed.
    #[error("the backup flags contradict each other or the registration")]
    BackupFlagsInconsistent,
    /// The credential can be backed up though that is not allowed.
    #[error("the credential can be backed up")]
    BackupEligible,
    /// A registration without a credential.
    #[error("no credential in the authenticator data")]
    NoCredential,
    /// The public key is not a valid COSE key of a known kind.
    #[error("malformed public key")]
    MalformedPublicKey,
    /// The public key's algorithm was not offered, or is not known.
    #[error("the algorithm is not allowed")]
    AlgorithmNotAllowed,
    /// A signature does not verify.
    #[error("the signature does not verify")]
    InvalidSignature,
    /// The attestation statement's format is not known.
    #[error("unknown attestation format")]
    UnknownAttestationFormat,
    /// The attestation statement has not the members of its format.
    #[error("malformed attestation statement")]
    MalformedAttestationStatement,
    /// The attestation statement is about another key.
    #[error("the attestation is about another key")]
    AttestedKeyMismatch,
    /// The attestation statement is about another ceremony.
    #[error("the attestation is about other data")]
    AttestedDataMismatch,
    /// The attestation certificate is of another model of authenticator.
    #[error("the attestation certificate is for another model")]
    AaguidMismatch,
    /// A certificate cannot be read.
    #[error("malformed certificate")]
    MalformedCertificate,
    /// The attestation certificate has not the form that its format prescribes.
    #[error("the attestation certificate is not of the required form")]
    CertificateRequirements,
    /// An Android key was not made in, or is not bound to, a trusted environment for this use alone.
    #[error("the Android key is not one made for signing in a trusted environment")]
    AndroidKeyRequirements,
    /// There is no certificate that could lead to a root.
    #[error("there is no trust path")]
    NoTrustPath,
    /// The certificates do not lead to one of the roots.
    #[error("the trust path leads to no known root")]
    UntrustedChain,
    /// A certificate of the trust path is expired or not yet valid.
    #[error("a certificate of the trust path is not valid now")]
    CertificateNotValidNow,
}
