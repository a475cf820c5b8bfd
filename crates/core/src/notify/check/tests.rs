use super::*;

fn faults(template: &str, content: &TemplateContent) -> Vec<(Code, String)> {
    check(content, Template::find(template).unwrap(), &locale::PREDEFINED)
        .into_iter()
        .map(|problem| (problem.code, problem.target.unwrap()))
        .collect()
}

fn with(template: &str, channel: Channel, change: impl FnOnce(&mut TemplateContent)) -> Vec<(Code, String)> {
    let mut content = TemplateContent::new(template, channel, "en");
    change(&mut content);
    faults(template, &content)
}

fn fault(code: Code, target: &str) -> Vec<(Code, String)> {
    vec![(code, target.to_owned())]
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_content_of_the_workflow_is_accepted() {
    let text = "Approve this transfer of ${sum} ${currency} to ${recipient}, by entering this OTP: ${OTP}";
    assert_eq!(with("transaction", Channel::Sms, |content| content.content = some(text)), []);
}

#[test]
fn each_fault_has_the_code_and_target_of_the_contract() {
    use Channel::{Email, Push, Sms, Voice, WhatsApp};
    type Change = fn(&mut TemplateContent);
    let ok_sms: Change = |c| c.content = some("${otp}");
    let table: [(&str, Channel, Change, Code, &str); 32] = [
        ("new_device_paired", Voice, |c| c.content = some("x"), Code::InvalidValue, "deliveryMethod"),
        ("transaction", Sms, |c| c.content = some("no code"), Code::RequiredValue, "content"),
        ("transaction", Voice, |c| c.content = some("no code"), Code::RequiredValue, "content"),
        ("transaction", Email, |c| c.body = some("no code"), Code::RequiredValue, "body"),
        ("transaction", Sms, |_| {}, Code::RequiredValue, "content"),
        ("transaction", Email, |_| {}, Code::RequiredValue, "body"),
        ("transaction", Push, |c| c.title = some("t"), Code::RequiredValue, "body"),
        ("transaction", Push, |c| c.body = some("b"), Code::RequiredValue, "title"),
        ("device_pairing", WhatsApp, |_| {}, Code::RequiredValue, "whatsAppTemplate"),
        ("general", Sms, |c| c.content = some("  "), Code::EmptyValue, "content"),
        ("general", Sms, |c| c.content = Some("x".repeat(661)), Code::SizeLimitExceeded, "content"),
        ("general", Voice, |c| c.content = Some("x".repeat(1_025)), Code::SizeLimitExceeded, "content"),
        ("general", Voice, |c| c.content = some("<sayCharValue>1"), Code::InvalidValue, "content"),
        ("general", Email, |c| c.body = Some("x".repeat(100_001)), Code::SizeLimitExceeded, "body"),
        ("credential_issued", Sms, |c| c.content = some("${otp}"), Code::InvalidValue, "content"),
        (
            "recovery_code_template",
            Sms,
            |c| (c.content, c.variant) = (some("${otp}"), some("v")),
            Code::InvalidValue,
            "variant",
        ),
        (
            "general",
            Sms,
            |c| (c.content, c.locale) = (some("x"), "english".to_owned()),
            Code::InvalidValue,
            "locale",
        ),
        (
            "general",
            Sms,
            |c| (c.content, c.locale) = (some("x"), "sv".to_owned()),
            Code::InvalidValue,
            "language",
        ),
        ("general", Sms, |c| (c.content, c.variant) = (some("x"), some(" ")), Code::EmptyValue, "variant"),
        (
            "general",
            Sms,
            |c| (c.content, c.variant) = (some("x"), Some("v".repeat(101))),
            Code::SizeLimitExceeded,
            "variant",
        ),
        (
            "general",
            Sms,
            |c| (c.content, c.sender) = (some("x"), some("Twelve chars")),
            Code::SizeLimitExceeded,
            "sender",
        ),
        ("general", Sms, |c| (c.content, c.sender) = (some("x"), some("A-B")), Code::InvalidValue, "sender"),
        (
            "general",
            Email,
            |c| (c.body, c.subject) = (some("x"), some("a\nBcc: b")),
            Code::InvalidValue,
            "subject",
        ),
        (
            "general",
            Email,
            |c| (c.body, c.subject) = (some("x"), Some("x".repeat(257))),
            Code::SizeLimitExceeded,
            "subject",
        ),
        (
            "general",
            Email,
            |c| (c.body, c.charset) = (some("x"), some("ISO-8859-1")),
            Code::InvalidValue,
            "charset",
        ),
        (
            "general",
            Email,
            |c| (c.body, c.email_content_type) = (some("x"), some("text/rtf")),
            Code::InvalidValue,
            "emailContentType",
        ),
        (
            "general",
            Email,
            |c| (c.body, c.from) = (some("x"), Some(Mailbox { name: None, address: "x".to_owned() })),
            Code::InvalidValue,
            "from.address",
        ),
        (
            "general",
            Email,
            |c| {
                (c.body, c.reply_to) =
                    (some("x"), Some(Mailbox { name: some("a\r\nb"), address: "a@b.example".to_owned() }));
            },
            Code::InvalidValue,
            "replyTo.name",
        ),
        (
            "credential_issued",
            Email,
            |c| (c.body, c.subject) = (some("x"), some("${x}")),
            Code::InvalidValue,
            "subject",
        ),
        (
            "general",
            Push,
            |c| (c.body, c.title) = (some("x"), Some("x".repeat(201))),
            Code::SizeLimitExceeded,
            "title",
        ),
        (
            "general",
            Push,
            |c| (c.title, c.body) = (some("x"), Some("x".repeat(401))),
            Code::SizeLimitExceeded,
            "body",
        ),
        ("account_created", Email, |c| c.body = some("x"), Code::RequiredValue, "body"),
    ];
    for (template, channel, change, code, target) in table {
        assert_eq!(with(template, channel, change), fault(code, target), "{template} {channel:?} {target}");
    }
    assert_eq!(with("transaction", Sms, ok_sms), []);
}

#[test]
fn good_contents_of_every_channel_pass() {
    assert_eq!(
        with("strong_authentication", Channel::Push, |c| (c.title, c.body) =
            (some("Sign on"), some("Is it you?"))),
        []
    );
    assert_eq!(
        with("general", Channel::Email, |c| {
            c.body = some("x");
            c.charset = some("utf-8");
            c.from = Some(Mailbox { name: some("Acme"), address: "no-reply@acme.example".to_owned() });
        }),
        []
    );
    assert_eq!(
        with("general", Channel::Sms, |c| (c.content, c.sender) = (Some("ü".repeat(660)), some(""))),
        []
    );
    assert_eq!(
        with("general", Channel::Sms, |c| (c.content, c.locale) = (some("x"), "fr_ca".to_owned())),
        []
    );
}

#[test]
fn all_faults_are_reported_together() {
    let mut content = TemplateContent::new("recovery_code_template", Channel::Voice, "?");
    content.variant = some("v");
    let expected = ["deliveryMethod", "locale", "variant", "content"];
    let targets: Vec<String> =
        faults("recovery_code_template", &content).into_iter().map(|(_, at)| at).collect();
    assert_eq!(targets, expected);
}
