//! Where PingOne's files are wrong about PingOne's answers, reviewed one by one.
//!
//! The documentation and what public clients were seen to do win over a file. An exception names the place, the rule
//! that does not hold there, and why; one whose file was mended is found by a test.

/// A rule of a file that does not hold.
pub(crate) struct Exception {
    pub(crate) place: &'static str,
    pub(crate) rule: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "for people, and for the test that demands one"))]
    pub(crate) reason: &'static str,
}

const fn except(place: &'static str, rule: &'static str, reason: &'static str) -> Exception {
    Exception { place, rule, reason }
}

pub(crate) const EXCEPTIONS: &[Exception] = &[
    except(
        "POST /environments/{environmentID}/users/{userID}/devices",
        "status 201",
        "the file has a stub in place of this operation; the documentation's creations answer 201",
    ),
    except(
        "DELETE /environments/{environmentID}/notificationsSettings",
        "status 204",
        "the documentation resets the settings without content, as it does all other settings",
    ),
    except(
        "Template.deliveryMethods[]",
        "enum has no \"WhatsApp\"",
        "the documentation has contents for WhatsApp, and templates that allow them",
    ),
    except(
        "DeviceAuthenticationPolicyCommon.notificationsPolicy",
        "required id",
        "the documentation's answers show an empty object where the environment's default policy is meant",
    ),
    except(
        "EnumTemplateContentDeliveryMethod",
        "enum has no \"WhatsApp\"",
        "the documentation has contents for WhatsApp, and templates that allow them",
    ),
    except(
        "TemplateContent",
        "oneOf has no \"WhatsApp\"",
        "the documentation has contents for WhatsApp, and templates that allow them",
    ),
    except(
        "POST /environments/{environmentID}/notificationsPolicies",
        "status 201",
        "a creation answers 201 by the conventions of the API, and the documentation shows it",
    ),
    except(
        "POST /environments/{environmentID}/languages",
        "status 201",
        "a creation answers 201 by the conventions of the API, and the documentation shows it",
    ),
    except(
        "PUT /environments/{environmentID}/languages/{languageID}/status/{l10nStatusID}",
        "status 200",
        "a replacement answers 200 by the conventions of the API",
    ),
    except("RecaptchaConfiguration", "required secretKey", "secrets do not come back"),
    except(
        "POST /environments/{environmentID}/identityProviders",
        "status 201",
        "a creation answers 201 by the conventions of the API, and the documentation shows it",
    ),
    except(
        "GatewayTypeLDAP",
        "required bindPassword",
        "the file has one schema for what is sent and what is answered, and secrets do not come back",
    ),
    except(
        "IdentityProviderFacebook",
        "required appSecret",
        "the file has one schema for what is sent and what is answered, and secrets do not come back",
    ),
    except(
        "IdentityProviderClientIDClientSecret",
        "required clientSecret",
        "the file has one schema for what is sent and what is answered, and secrets do not come back",
    ),
    except(
        "IdentityProviderOIDC",
        "required clientSecret",
        "the file has one schema for what is sent and what is answered, and secrets do not come back",
    ),
    except(
        "IdentityProviderApple",
        "required clientSecretSigningKey",
        "the file has one schema for what is sent and what is answered, and secrets do not come back",
    ),
    except(
        "IdentityProviderPaypal",
        "required clientSecret",
        "the file has one schema for what is sent and what is answered, and secrets do not come back",
    ),
    except(
        "NotificationsSettingsPhoneDeliverySettingsTwilioSyniverse",
        "required authToken",
        "the file has one schema for what is sent and what is answered, and secrets do not come back",
    ),
    except(
        "GET /environments/{environmentID}/languages/{languageID}/status",
        "schema",
        "the file shows one of them where the path leads to all of them",
    ),
];

/// Whether the rule is known not to hold at this place.
pub(crate) fn has(place: &str, rule: &str) -> bool {
    EXCEPTIONS.iter().any(|one| one.place == place && one.rule == rule)
}
