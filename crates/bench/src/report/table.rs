//! Tables in Markdown, which reads well on a terminal too.

use super::figure::{Budget, Figure, Unit};

/// A table with aligned columns. The first column is text, the others are figures.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(head.get(column).map(|cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).enumerate().map(|(at, (cell, width))| match at {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let mut text = line(&mut head.iter().copied());
    let rule = widths.iter().enumerate().map(|(at, width)| {
        if at == 0 { "-".repeat(*width) } else { format!("{}:", "-".repeat(width.saturating_sub(1))) }
    });
    text.push_str(&format!("| {} |\n", rule.collect::<Vec<_>>().join(" | ")));
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

/// The main table.
pub(crate) fn figures(figures: &[Figure]) -> String {
    let head = ["Figure", "Measured", "Limit", "Share", "Budget", "Met"];
    let rows: Vec<Vec<String>> = figures
        .iter()
        .map(|figure| {
            vec![
                figure.name.clone(),
                value(figure.value, figure.unit),
                figure
                    .limit
                    .as_ref()
                    .map(|(limit, what)| format!("{} ({what})", value(*limit, figure.unit)))
                    .unwrap_or_default(),
                figure.share().map(|share| format!("{:.0} %", share * 100.0)).unwrap_or_default(),
                figure.budget.map(|budget| budget_text(budget, figure.unit)).unwrap_or_default(),
                figure.met().map(|met| if met { "yes" } else { "no" }.to_owned()).unwrap_or_default(),
            ]
        })
        .collect();
    table(&head, &rows)
}

/// Latencies and costs.
pub(crate) fn details(figures: &[Figure]) -> String {
    let head = [
        "Load",
        "calls/s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "max ms",
        "exchange p99 ms",
        "server CPU us",
        "generator CPU us",
        "errors",
    ];
    let rows: Vec<Vec<String>> = figures
        .iter()
        .filter_map(|figure| {
            let detail = figure.detail?;
            let times = [detail.p50_ms, detail.p95_ms, detail.p99_ms, detail.max_ms, detail.exchange_p99_ms];
            let mut row = vec![
                figure.name.clone(),
                if figure.unit == Unit::PerSecond { grouped(figure.value) } else { String::new() },
            ];
            row.extend(times.iter().map(|time| format!("{time:.2}")));
            row.extend(
                [detail.server_cpu_us, detail.generator_cpu_us]
                    .iter()
                    .map(|cost| if *cost > 0.0 { format!("{cost:.0}") } else { String::new() }),
            );
            row.push(figure.errors.to_string());
            Some(row)
        })
        .collect();
    table(&head, &rows)
}

fn budget_text(budget: Budget, unit: Unit) -> String {
    match budget {
        Budget::Least(least) => format!("≥ {}", value(least, unit)),
        Budget::LeastAndShare(least, share) => format!("≥ {}, ≥ {:.0} %", value(least, unit), share * 100.0),
        Budget::Most(most) => format!("≤ {}", value(most, unit)),
    }
}

/// A value with its unit.
pub(crate) fn value(value: f64, unit: Unit) -> String {
    match unit {
        Unit::PerSecond => format!("{}/s", grouped(value)),
        Unit::Milliseconds => format!("{value:.1} ms"),
        Unit::Megabytes => format!("{value:.1} MB"),
    }
}

/// A whole number with commas between thousands.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([7.0, 999.6, 25_000.0, 1_234_567.0].map(grouped), ["7", "1,000", "25,000", "1,234,567"]);
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let text = table(&["a", "b"], &[vec!["long".into(), "1".into()], vec!["x".into(), "100".into()]]);
        assert_eq!(text, "| a    |   b |\n| ---- | --: |\n| long |   1 |\n| x    | 100 |\n");
    }
}
