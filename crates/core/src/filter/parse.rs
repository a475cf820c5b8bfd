//! Text to [`Filter`]: the grammar of RFC 7644 figure 1.
//!
//! Strings and numbers are JSON's, so their tokens are cut out here and read by
//! `serde_json`. Nesting is bounded before it is followed.

use winnow::ascii::{Caseless, multispace0, multispace1};
use winnow::combinator::{cut_err, delimited, not, opt, peek, preceded, repeat, separated, terminated};
use winnow::error::{AddContext, ContextError, ErrMode, StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::stream::{Stateful, Stream};
use winnow::token::{any, one_of, take_while};

use super::{Filter, FilterError, Literal, Operator};

/// How many brackets may be open at once.
pub const MAX_DEPTH: usize = 32;

/// The longest filter, in bytes.
pub const MAX_LENGTH: usize = 4096;

/// Where in the nesting the parser stands.
#[derive(Debug, Clone, Copy, Default)]
struct Nesting {
    depth: usize,
    in_value_path: bool,
}

type Input<'a> = Stateful<&'a str, Nesting>;

/// Reads a filter. Operators and keywords may be in any case; a schema URN in
/// front of an attribute is dropped.
///
/// # Errors
/// The place and kind of the first fault, for texts longer than [`MAX_LENGTH`] too.
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    if text.len() > MAX_LENGTH {
        return Err(FilterError {
            offset: MAX_LENGTH,
            message: format!("a filter may not be longer than {MAX_LENGTH} bytes"),
        });
    }
    let input = Input { input: text, state: Nesting::default() };
    delimited(multispace0, disjunction, multispace0)
        .parse(input)
        .map_err(|error| FilterError { offset: error.offset(), message: explain(error.inner()) })
}

fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

/// The innermost expectation, which is the first that was noted.
fn explain(error: &ContextError) -> String {
    let mut expectations = error.context().filter_map(|context| match context {
        StrContext::Expected(what) => Some(what),
        _ => None,
    });
    expectations.next().map_or_else(|| "unexpected text".to_owned(), |what| format!("expected {what}"))
}

fn disjunction(input: &mut Input<'_>) -> ModalResult<Filter> {
    let parts = separated(1.., cut_err(conjunction), joined_by("or")).parse_next(input)?;
    Ok(one_or(parts, Filter::Or))
}

fn conjunction(input: &mut Input<'_>) -> ModalResult<Filter> {
    let parts = separated(1.., cut_err(term), joined_by("and")).parse_next(input)?;
    Ok(one_or(parts, Filter::And))
}

/// A single part stands for itself.
fn one_or(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

fn joined_by<'a>(keyword: &'static str) -> impl Parser<Input<'a>, (), ErrMode<ContextError>> {
    move |input: &mut Input<'a>| {
        let word = delimited(multispace1, word, multispace1).parse_next(input)?;
        if word.eq_ignore_ascii_case(keyword) { Ok(()) } else { Err(ErrMode::Backtrack(ContextError::new())) }
    }
}

fn word<'a>(input: &mut Input<'a>) -> ModalResult<&'a str> {
    take_while(1.., |c: char| c.is_ascii_alphabetic()).parse_next(input)
}

fn term(input: &mut Input<'_>) -> ModalResult<Filter> {
    if opt(negation).parse_next(input)?.is_some() {
        return group('(', disjunction, ')').map(|inner| Filter::Not(Box::new(inner))).parse_next(input);
    }
    if peek(opt('(')).parse_next(input)?.is_some() {
        return group('(', disjunction, ')').parse_next(input);
    }
    condition.parse_next(input)
}

/// `not` in front of a bracket; elsewhere it is a name like any other.
fn negation(input: &mut Input<'_>) -> ModalResult<()> {
    let word = terminated(word, (multispace0, peek('('))).parse_next(input)?;
    if word.eq_ignore_ascii_case("not") { Ok(()) } else { Err(ErrMode::Backtrack(ContextError::new())) }
}

/// Something in brackets, one level deeper.
fn group<'a>(
    open: char,
    mut inner: impl Parser<Input<'a>, Filter, ErrMode<ContextError>>,
    close: char,
) -> impl Parser<Input<'a>, Filter, ErrMode<ContextError>> {
    move |input: &mut Input<'a>| {
        if input.state.depth >= MAX_DEPTH {
            return Err(fault(input, "fewer nested brackets"));
        }
        (open, multispace0).void().parse_next(input)?;
        input.state.depth += 1;
        let filter = inner.parse_next(input)?;
        input.state.depth -= 1;
        cut_err((multispace0, close))
            .context(StrContext::Expected(StrContextValue::CharLiteral(close)))
            .parse_next(input)?;
        Ok(filter)
    }
}

fn condition(input: &mut Input<'_>) -> ModalResult<Filter> {
    let attribute = attribute.context(expected("an attribute")).parse_next(input)?;
    if peek(opt('[')).parse_next(input)?.is_some() {
        return value_path(attribute, input);
    }
    multispace1.context(expected("an operator")).void().parse_next(input)?;
    let op = operator.context(expected("an operator")).parse_next(input)?;
    if op == Operator::Present {
        return Ok(Filter::Present(attribute));
    }
    let value = preceded(multispace1, literal).context(expected("a value")).parse_next(input)?;
    Ok(Filter::Compare { attribute, op, value })
}

fn value_path(attribute: String, input: &mut Input<'_>) -> ModalResult<Filter> {
    if input.state.in_value_path {
        return Err(fault(input, "an operator"));
    }
    input.state.in_value_path = true;
    let filter = group('[', disjunction, ']').parse_next(input)?;
    input.state.in_value_path = false;
    Ok(Filter::ValuePath { attribute, filter: Box::new(filter) })
}

/// A failure that says what was expected here.
fn fault(input: &Input<'_>, what: &'static str) -> ErrMode<ContextError> {
    ErrMode::Cut(ContextError::new().add_context(input, &input.checkpoint(), expected(what)))
}

fn operator(input: &mut Input<'_>) -> ModalResult<Operator> {
    terminated(word, not(one_of(is_name_part))).verify_map(Operator::from_word).parse_next(input)
}

/// `name.given`, with or without `urn:…:` in front.
fn attribute(input: &mut Input<'_>) -> ModalResult<String> {
    opt(schema).parse_next(input)?;
    separated::<_, _, (), _, _, _, _>(1.., name, '.').take().map(str::to_owned).parse_next(input)
}

/// Everything up to the last colon of a URN.
fn schema(input: &mut Input<'_>) -> ModalResult<()> {
    let segment = (take_while(1.., |c: char| is_name_part(c) || c == '.'), ':');
    preceded(Caseless("urn:"), repeat::<_, _, (), _, _>(1.., segment)).parse_next(input)
}

fn name<'a>(input: &mut Input<'a>) -> ModalResult<&'a str> {
    (one_of(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$'), take_while(0.., is_name_part))
        .take()
        .parse_next(input)
}

fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '$'
}

fn literal(input: &mut Input<'_>) -> ModalResult<Literal> {
    if peek(opt('"')).parse_next(input)?.is_some() {
        return text_token.try_map(serde_json::from_str::<String>).map(Literal::Text).parse_next(input);
    }
    take_while(1.., |c: char| is_name_part(c) || matches!(c, '+' | '.')).verify_map(scalar).parse_next(input)
}

/// From a quote to the next quote without a backslash in front.
fn text_token<'a>(input: &mut Input<'a>) -> ModalResult<&'a str> {
    ('"', |input: &mut Input<'a>| {
        loop {
            match any.parse_next(input)? {
                '"' => return Ok(()),
                '\\' => any.void().parse_next(input)?,
                _ => {}
            }
        }
    })
        .take()
        .parse_next(input)
}

fn scalar(token: &str) -> Option<Literal> {
    match token {
        _ if token.eq_ignore_ascii_case("true") => Some(Literal::Boolean(true)),
        _ if token.eq_ignore_ascii_case("false") => Some(Literal::Boolean(false)),
        _ if token.eq_ignore_ascii_case("null") => Some(Literal::Null),
        _ => serde_json::from_str(token).ok().map(Literal::Number),
    }
}
