//! The numbers of a provider's account over an update: the account decides which there are, the administrator which are used.

use super::{PhoneDelivery, PhoneProvider, SenderNumber};
use crate::problem::Problem;

impl PhoneDelivery {
    /// Lays the numbers of an update over those that were found in the account: what was not sent stays, unselected.
    /// A gateway of the customer's own has the numbers that it is given.
    ///
    /// # Errors
    /// A problem for each number that the account does not have.
    pub fn keep_account_numbers(&mut self, old: &Self) -> Result<(), Vec<Problem>> {
        let Some(known) = old.numbers.as_ref().filter(|_| self.provider == PhoneProvider::Twilio) else {
            return Ok(());
        };
        let sent = self.numbers.take().unwrap_or_default();
        let strangers = sent
            .iter()
            .enumerate()
            .filter(|(_, number)| known.iter().all(|kept| kept.number != number.number));
        let problems: Vec<Problem> = strangers
            .map(|(place, _)| {
                Problem::invalid(&format!("numbers[{place}].number"), "is not a number of the account")
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        self.numbers = Some(known.iter().map(|kept| chosen(kept, &sent)).collect());
        Ok(())
    }
}

fn chosen(kept: &SenderNumber, sent: &[SenderNumber]) -> SenderNumber {
    let sent = sent.iter().find(|number| number.number == kept.number);
    SenderNumber {
        selected: Some(sent.is_some_and(|number| number.selected == Some(true))),
        supported_countries: sent
            .map_or_else(|| kept.supported_countries.clone(), |number| number.supported_countries.clone()),
        ..kept.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::NumberType;
    use super::*;

    fn number(number: &str, selected: Option<bool>) -> SenderNumber {
        let (kind, number) = (NumberType::PhoneNumber, number.to_owned());
        SenderNumber {
            number,
            kind,
            selected,
            available: Some(true),
            capabilities: None,
            supported_countries: None,
        }
    }

    fn account(numbers: Vec<SenderNumber>) -> PhoneDelivery {
        PhoneDelivery {
            provider: PhoneProvider::Twilio,
            name: None,
            default: None,
            sid: None,
            messaging_services: None,
            authentication: None,
            requests: None,
            numbers: Some(numbers),
            sealed: None,
        }
    }

    #[test]
    fn an_update_selects_among_the_numbers_of_the_account() {
        let old = account(vec![number("+15550100", Some(true)), number("+15550101", None)]);
        let mut new = account(vec![SenderNumber { available: None, ..number("+15550101", Some(true)) }]);
        new.keep_account_numbers(&old).unwrap();
        assert_eq!(new.numbers.unwrap(), [number("+15550100", Some(false)), number("+15550101", Some(true))]);
    }

    #[test]
    fn a_number_of_another_account_is_named() {
        let mut new = account(vec![number("+15550100", None), number("+15550199", Some(true))]);
        let problems = new.keep_account_numbers(&account(vec![number("+15550100", None)])).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("numbers[1].number"));
    }

    #[test]
    fn a_gateway_of_the_customers_own_has_what_it_is_given() {
        let given = vec![number("+15550199", Some(true))];
        let mut new = PhoneDelivery { provider: PhoneProvider::Custom, ..account(given.clone()) };
        new.keep_account_numbers(&account(vec![number("+15550100", None)])).unwrap();
        assert_eq!(new.numbers.unwrap(), given);
    }
}
