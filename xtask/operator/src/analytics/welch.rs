//! Welch's t-test: whether two means differ by more than chance, where the variances may differ, too.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::ratings::Ratings;

/// The probability of a difference of the means that is at least as large, if there were none. `None` if
/// one side has fewer than two ratings, or if on each side all are alike: then the test says nothing.
pub fn p_value(left: &Ratings, right: &Ratings) -> Option<f64> {
    let (of_left, of_right) = (error(left)?, error(right)?);
    let both = of_left + of_right;
    if both <= 0.0 {
        return None;
    }
    let t = (left.mean()? - right.mean()?) / both.sqrt();
    // Welch and Satterthwaite's approximation.
    let freedom = both.powi(2)
        / (of_left.powi(2) / (left.count() - 1.0) + of_right.powi(2) / (right.count() - 1.0));
    let p = 2.0 * StudentsT::new(0.0, 1.0, freedom).ok()?.sf(t.abs());
    p.is_finite().then(|| p.clamp(0.0, 1.0))
}

/// The variance of the mean.
fn error(ratings: &Ratings) -> Option<f64> {
    ratings.variance().map(|variance| variance / ratings.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::ratings::tests::{is_near, ratings};
    use proptest::prelude::*;

    /// Two published examples (Wikipedia, "Welch's t-test", 1 and 3); the values are those of SciPy 1.17.
    #[test]
    fn published_examples_have_their_p_values() {
        let left = ratings(&[
            2750, 2100, 1900, 2360, 1700, 1790, 1690, 2010, 2190, 2260, 2310, 1960, 1900, 2170,
            2140,
        ]);
        let right = ratings(&[
            2710, 2200, 2080, 2340, 2340, 2350, 2580, 2200, 2480, 2020, 2190, 2210, 2290, 2050,
            2440,
        ]);
        assert!(is_near(p_value(&left, &right).unwrap(), 0.021_378_001_462_866_992));
        let left = ratings(&[1980, 2040, 1960, 1780, 1850, 1890, 1830, 1890, 1950, 2200]);
        let right = ratings(&[
            2820, 2660, 2010, 2330, 2520, 2210, 1770, 2760, 2060, 1370, 2320, 1750, 2060, 1800,
            2390, 2160, 2430, 2040, 2400, 1320,
        ]);
        assert!(is_near(p_value(&left, &right).unwrap(), 0.035_972_271_029_796_92));
        assert!(is_near(p_value(&right, &left).unwrap(), 0.035_972_271_029_796_92));
    }

    #[test]
    fn what_does_not_vary_or_is_not_there_has_no_p_value() {
        let (alike, varied) = (ratings(&[400; 30]), ratings(&[300, 400, 500]));
        assert_eq!(p_value(&alike, &ratings(&[300; 30])), None);
        assert_eq!(p_value(&varied, &ratings(&[400])), None);
        assert_eq!(p_value(&ratings(&[]), &varied), None);
        assert_eq!(p_value(&varied, &alike), Some(1.0), "one side that varies is enough");
    }

    proptest! {
        #[test]
        fn a_p_value_is_a_probability(
            left in prop::collection::vec(0..=500_u64, 0..40),
            right in prop::collection::vec(0..=500_u64, 0..40),
        ) {
            let (left, right) = (ratings(&left), ratings(&right));
            let p = p_value(&left, &right);
            prop_assert!(p.is_none_or(|p| (0.0..=1.0).contains(&p)));
            prop_assert_eq!(p.is_some(), p_value(&right, &left).is_some());
        }
    }
}
