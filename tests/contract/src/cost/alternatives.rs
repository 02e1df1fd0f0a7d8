//! What others charge for a number of users.

use super::prices::{Alternative, Plan};

/// Dollars a month of the cheapest plan for so many users; `None` if no plan with a public price
/// serves them.
pub fn cheapest(alternative: &Alternative, users: f64) -> Option<f64> {
    alternative.plans.iter().filter_map(|plan| dollars(plan, users)).min_by(f64::total_cmp)
}

fn dollars(plan: &Plan, users: f64) -> Option<f64> {
    let mut sum = plan.base;
    let mut from = 0.0;
    for tier in &plan.tiers {
        sum += (users.min(tier.to) - from).max(0.0) * tier.each;
        from = tier.to;
    }
    (users <= from).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::prices::Prices;

    const SELLER: &str = r#"
        [price]
        [[alternative]]
        name = "Clerk"
        counts = "users"
        source = "https://example.com"
        as_of = "2026"
        vendor = "https://example.com"
        [[alternative.plan]]
        name = "Hobby"
        base = 0
        tiers = [{ to = 50_000, each = 0 }]
        [[alternative.plan]]
        name = "Pro"
        base = 25
        tiers = [{ to = 50_000, each = 0 }, { to = 100_000, each = 0.02 }, { to = 1_000_000, each = 0.018 }]
    "#;

    #[test]
    fn users_are_charged_tier_by_tier_in_the_cheapest_plan_that_serves_them() {
        let prices = Prices::read(SELLER).unwrap();
        let [seller] = &prices.alternatives[..] else { panic!() };
        let cost = |users: f64| cheapest(seller, users).map(f64::round);
        assert_eq!(cost(1_000.0), Some(0.0));
        assert_eq!(cost(50_000.0), Some(0.0));
        assert_eq!(cost(60_000.0), Some(225.0));
        // 25 + 50,000 × 0.02 + 900,000 × 0.018.
        assert_eq!(cost(1_000_000.0), Some(17_225.0));
        assert_eq!(cost(1_000_001.0), None);
    }
}
