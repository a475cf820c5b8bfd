//! The words in Spanish.

use super::Text::{Mail as Email, Push as Banner, Sms, Voice, WhatsApp};
use super::{Mail, Push, Row};

pub(super) const ROWS: &[Row] = &[
    ("device_pairing", Sms("${otp} es su clave para vincular este teléfono. No la comparta con nadie.")),
    (
        "device_pairing",
        Voice(
            "<repeatMessage val=2>Hola. Su código para vincular este teléfono es <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Adiós.",
        ),
    ),
    (
        "device_pairing",
        Email(Mail {
            subject: "Confirme su dirección de correo",
            before: "Introduzca este código para vincular esta dirección de correo a su cuenta:",
            with_code: true,
            after: "No lo comparta con nadie. Si no lo ha solicitado, puede ignorar este mensaje.",
        }),
    ),
    ("strong_authentication", Sms("${otp} es su clave de acceso. No la comparta con nadie.")),
    (
        "strong_authentication",
        Voice(
            "<repeatMessage val=2>Hola. Su código de acceso es <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Adiós.",
        ),
    ),
    (
        "strong_authentication",
        Email(Mail {
            subject: "Su código de acceso",
            before: "Introduzca este código para iniciar sesión:",
            with_code: true,
            after: "No lo comparta con nadie. Si no está iniciando sesión en este momento, cambie su contraseña.",
        }),
    ),
    (
        "transaction",
        Sms("${otp} es su clave para autorizar el movimiento. Si no lo ha iniciado usted, no la use."),
    ),
    (
        "transaction",
        Voice(
            "<repeatMessage val=2>Hola. Su código para autorizar la transacción es <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Adiós.",
        ),
    ),
    (
        "transaction",
        Email(Mail {
            subject: "Autorice su transacción",
            before: "Introduzca este código para autorizar la transacción:",
            with_code: true,
            after: "No lo comparta con nadie. Si no ha iniciado usted la transacción, no use el código.",
        }),
    ),
    (
        "new_device_paired",
        Sms(
            "Se ha vinculado un nuevo dispositivo a su cuenta. Si no ha sido usted, contacte ya con soporte.",
        ),
    ),
    (
        "new_device_paired",
        Email(Mail {
            subject: "Nuevo dispositivo vinculado a su cuenta",
            before: "Se acaba de vincular un nuevo dispositivo a la cuenta ${user.username}.",
            with_code: false,
            after: "Si no ha sido usted, póngase en contacto con soporte de inmediato.",
        }),
    ),
    (
        "recovery_code_template",
        Sms("${otp} es su clave para restablecer la contraseña. No la comparta con nadie."),
    ),
    (
        "recovery_code_template",
        Email(Mail {
            subject: "Restablezca su contraseña",
            before: "Introduzca este código para elegir una nueva contraseña:",
            with_code: true,
            after: "Si no lo ha solicitado, puede ignorar este mensaje. Su contraseña no cambia.",
        }),
    ),
    (
        "device_pairing",
        WhatsApp("${otp} es su clave para vincular este número de WhatsApp. No la comparta con nadie."),
    ),
    ("strong_authentication", WhatsApp("${otp} es su clave para iniciar sesión. No la comparta con nadie.")),
    (
        "strong_authentication",
        Banner(Push {
            title: "¿Es usted quien inicia sesión?",
            body: "Abra la aplicación para aprobar o rechazar el inicio de sesión. Si no es usted, rechácelo.",
        }),
    ),
    (
        "transaction",
        Banner(Push {
            title: "¿Aprobar una transacción?",
            body: "Abra la aplicación para revisar la transacción y aprobarla o rechazarla. Si usted no la inició, rechácela.",
        }),
    ),
];
