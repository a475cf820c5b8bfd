//! The words in French.

use super::Text::{Mail as Email, Push as Banner, Sms, Voice, WhatsApp};
use super::{Mail, Push, Row};

pub(super) const ROWS: &[Row] = &[
    (
        "device_pairing",
        Sms("${otp} est votre code pour associer ce téléphone. Ne le communiquez à personne."),
    ),
    (
        "device_pairing",
        Voice(
            "<repeatMessage val=2>Bonjour. Votre code pour associer ce téléphone est <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Au revoir.",
        ),
    ),
    (
        "device_pairing",
        Email(Mail {
            subject: "Confirmez votre adresse e-mail",
            before: "Saisissez ce code pour associer cette adresse e-mail à votre compte :",
            with_code: true,
            after: "Ne le communiquez à personne. Si vous ne l'avez pas demandé, vous pouvez ignorer ce message.",
        }),
    ),
    ("strong_authentication", Sms("${otp} est votre code de connexion. Ne le communiquez à personne.")),
    (
        "strong_authentication",
        Voice(
            "<repeatMessage val=2>Bonjour. Votre code de connexion est <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Au revoir.",
        ),
    ),
    (
        "strong_authentication",
        Email(Mail {
            subject: "Votre code de connexion",
            before: "Saisissez ce code pour vous connecter :",
            with_code: true,
            after: "Ne le communiquez à personne. Si vous n'êtes pas en train de vous connecter, changez votre mot de passe.",
        }),
    ),
    (
        "transaction",
        Sms(
            "${otp} est votre code pour approuver la transaction. Si vous ne l'avez pas initiée, ne l'utilisez pas.",
        ),
    ),
    (
        "transaction",
        Voice(
            "<repeatMessage val=2>Bonjour. Votre code pour approuver la transaction est <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Au revoir.",
        ),
    ),
    (
        "transaction",
        Email(Mail {
            subject: "Approuvez votre transaction",
            before: "Saisissez ce code pour approuver la transaction :",
            with_code: true,
            after: "Ne le communiquez à personne. Si vous n'avez pas initié la transaction, n'utilisez pas ce code.",
        }),
    ),
    (
        "new_device_paired",
        Sms(
            "Un nouvel appareil a été associé à votre compte. Si ce n'est pas vous, contactez vite le support.",
        ),
    ),
    (
        "new_device_paired",
        Email(Mail {
            subject: "Un nouvel appareil a été associé à votre compte",
            before: "Un nouvel appareil vient d'être associé au compte ${user.username}.",
            with_code: false,
            after: "Si ce n'est pas vous, contactez immédiatement le support.",
        }),
    ),
    (
        "recovery_code_template",
        Sms("${otp} est votre code pour changer de mot de passe. Ne le communiquez à personne."),
    ),
    (
        "recovery_code_template",
        Email(Mail {
            subject: "Réinitialisez votre mot de passe",
            before: "Saisissez ce code pour choisir un nouveau mot de passe :",
            with_code: true,
            after: "Si vous ne l'avez pas demandé, vous pouvez ignorer ce message. Votre mot de passe reste inchangé.",
        }),
    ),
    (
        "device_pairing",
        WhatsApp("${otp} est votre code pour associer ce numéro WhatsApp. Ne le communiquez à personne."),
    ),
    ("strong_authentication", WhatsApp("${otp} est votre code de connexion. Ne le communiquez à personne.")),
    (
        "strong_authentication",
        Banner(Push {
            title: "Est-ce vous qui vous connectez ?",
            body: "Ouvrez l’application pour accepter ou refuser la connexion. Si ce n’est pas vous, refusez.",
        }),
    ),
    (
        "transaction",
        Banner(Push {
            title: "Approuver une transaction ?",
            body: "Ouvrez l’application pour vérifier la transaction, puis l’accepter ou la refuser. Si vous n’en êtes pas à l’origine, refusez.",
        }),
    ),
];
