//! The templates, in the order of their names.

use super::{Template, Variable};
use crate::notify::channel::Channel::{self, Email, Push, Sms, Voice, WhatsApp};

const fn required(name: &'static str, required_on: &'static [Channel]) -> Variable {
    Variable { name, required_on }
}

const fn optional(name: &'static str) -> Variable {
    Variable { name, required_on: &[] }
}

const OTP_BY_MAIL_OR_TEXT: Variable = required("otp", &[Sms, Email]);
const OTP_BY_MAIL: Variable = required("otp", &[Email]);
const USERNAME: Variable = optional("user.username");
const GIVEN: Variable = optional("user.name.given");
const FAMILY: Variable = optional("user.name.family");
const YEAR: Variable = optional("current-year");
const CREDENTIAL: Variable = optional("credential.name");

const USER: &[Variable] = &[USERNAME, GIVEN, FAMILY, YEAR];
const USER_AND_CREDENTIAL: &[Variable] = &[CREDENTIAL, USERNAME, GIVEN, FAMILY];
const SIGN_ON: &[Variable] =
    &[required("otp", &[Sms, Voice, Email, WhatsApp]), USERNAME, GIVEN, FAMILY, YEAR];
const APPROVAL: &[Variable] = &[required("otp", &[Sms, Voice, Email]), USERNAME, GIVEN, FAMILY, YEAR];

/// A template without own variables and variants; the rows below say what differs.
const fn plain(
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
    channels: &'static [Channel],
) -> Template {
    Template { name, display_name, description, channels, dynamic: false, variants: true, variables: &[] }
}

pub(super) const TEMPLATES: &[Template] = &[
    Template {
        dynamic: true,
        variables: &[required("environmenturl", &[Email]), USERNAME, GIVEN, FAMILY],
        ..plain("account_created", "Account Created", "Welcomes a person to a new account.", &[Email])
    },
    Template {
        dynamic: true,
        variables: &[required("environmenturl", &[Email]), USERNAME, GIVEN, FAMILY],
        ..plain("account_updated", "Account Updated", "Tells a person that the account changed.", &[Email])
    },
    Template {
        variables: USER_AND_CREDENTIAL,
        ..plain(
            "credential_issued",
            "Credential Issued",
            "Tells a person of a new credential.",
            &[Sms, Email, Push],
        )
    },
    Template {
        variables: USER_AND_CREDENTIAL,
        ..plain(
            "credential_revoked",
            "Credential Revoked",
            "Tells a person that a credential ended.",
            &[Sms, Email, Push],
        )
    },
    Template {
        variables: USER_AND_CREDENTIAL,
        ..plain(
            "credential_updated",
            "Credential Updated",
            "Tells a person that a credential changed.",
            &[Sms, Email, Push],
        )
    },
    plain(
        "credential_verification",
        "Credential Verification",
        "Asks a person to present a credential.",
        &[Push],
    ),
    Template {
        dynamic: true,
        variables: SIGN_ON,
        ..plain(
            "device_pairing",
            "Device Pairing",
            "Carries the passcode that pairs a device.",
            &[Sms, Voice, Email, WhatsApp],
        )
    },
    Template {
        variables: USER,
        ..plain(
            "digital_wallet_pairing",
            "Digital Wallet Pairing",
            "Invites a person to pair a wallet.",
            &[Sms, Email],
        )
    },
    Template {
        variables: &[OTP_BY_MAIL_OR_TEXT, USERNAME, GIVEN, FAMILY],
        ..plain(
            "email_phone_verification",
            "Email and Phone Verification",
            "Proves an address or a number.",
            &[Sms, Email],
        )
    },
    Template {
        variables: &[OTP_BY_MAIL, USERNAME, GIVEN, FAMILY],
        ..plain(
            "email_verification_admin",
            "Email Verification for Administrators",
            "Proves the address of an administrator.",
            &[Email],
        )
    },
    Template {
        variables: &[OTP_BY_MAIL, USERNAME, GIVEN, FAMILY],
        ..plain(
            "email_verification_user",
            "Email Verification for Users",
            "Proves the address of a user.",
            &[Email],
        )
    },
    Template {
        dynamic: true,
        variables: USER,
        ..plain("general", "General", "Any other message of an application.", &[Sms, Voice, Email, Push])
    },
    Template {
        variables: USER,
        ..plain(
            "id_verification",
            "ID Verification",
            "Invites a person to prove the identity.",
            &[Sms, Email],
        )
    },
    Template {
        variables: USER,
        ..plain(
            "new_device_paired",
            "New Device Paired",
            "Warns a person of a newly paired device.",
            &[Sms, Email],
        )
    },
    Template {
        variants: false,
        variables: &[OTP_BY_MAIL_OR_TEXT, USERNAME, GIVEN, FAMILY],
        ..plain(
            "recovery_code_template",
            "Password Recovery",
            "Carries the code that resets a password.",
            &[Sms, Email],
        )
    },
    Template {
        dynamic: true,
        variables: SIGN_ON,
        ..plain(
            "strong_authentication",
            "Strong Authentication",
            "Carries the passcode of a sign-on.",
            &[Sms, Voice, Email, WhatsApp, Push],
        )
    },
    Template {
        dynamic: true,
        variables: APPROVAL,
        ..plain(
            "transaction",
            "Transaction Approval",
            "Carries the passcode that approves a transaction.",
            &[Sms, Voice, Email, Push],
        )
    },
    Template {
        variants: false,
        variables: &[OTP_BY_MAIL, USERNAME, GIVEN, FAMILY],
        ..plain(
            "verification_code_template",
            "Account Verification",
            "Carries the code that verifies a new account.",
            &[Email],
        )
    },
];
