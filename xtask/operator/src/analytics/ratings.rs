//! Ratings as sums, which are exact, and what follows from them.

use shared::model::Tally;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Ratings are from 0 to this.
pub const HIGHEST: f64 = 5.0;
/// The mean is in 95 % of such intervals.
const UPPER: f64 = 0.975;
/// From so many degrees of freedom on, the normal distribution has the same quantile to three digits, and the
/// algorithm for Student's is not made for many more.
const MANY: f64 = 10_000.0;
/// The sums are of hundredths.
const HUNDREDTHS: f64 = 100.0;

/// How some interactions were rated. Numbers that are too large for the type stay at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratings {
    /// How many there are.
    pub count: u64,
    sum: u64,
    squares: u64,
    /// How many are nearest to 0, 1, 2, 3, 4 and 5.
    pub distribution: [u64; 6],
}

impl Ratings {
    /// Those of a row of the table.
    pub fn of(tally: &Tally) -> Self {
        Self {
            count: tally.rated,
            sum: tally.sum,
            squares: tally.squares,
            distribution: tally.distribution,
        }
    }

    /// Adds others to these.
    pub fn add(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.sum = self.sum.saturating_add(other.sum);
        self.squares = self.squares.saturating_add(other.squares);
        for (own, more) in self.distribution.iter_mut().zip(other.distribution) {
            *own = own.saturating_add(more);
        }
    }

    /// The mean, if there is a rating.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| float(self.sum) / self.count() / HUNDREDTHS)
    }

    /// How many there are.
    pub fn count(&self) -> f64 {
        float(self.count)
    }

    /// The variance of all ratings that these are a sample of, if there are two.
    pub fn variance(&self) -> Option<f64> {
        let (count, sum) = (u128::from(self.count), u128::from(self.sum));
        let pairs = count.saturating_mul(count.saturating_sub(1));
        // Whole numbers, since the difference of two large ones leaves no digits of a float.
        let squares = count.saturating_mul(self.squares.into());
        let deviation = squares.saturating_sub(sum.saturating_mul(sum));
        (pairs > 0).then(|| float(deviation) / float(pairs) / HUNDREDTHS.powi(2))
    }

    /// Where the mean is, with 95 % confidence. `None` if the ratings are too few or all alike, which
    /// does not tell how others would differ.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let (mean, variance) = (self.mean()?, self.variance().filter(|variance| *variance > 0.0)?);
        let half = quantile(self.count() - 1.0)? * (variance / self.count()).sqrt();
        let within = |value: f64| value.clamp(0.0, HIGHEST);
        half.is_finite().then(|| (within(mean - half), within(mean + half)))
    }
}

/// How many standard errors the mean is away at most, with 95 % confidence.
fn quantile(freedom: f64) -> Option<f64> {
    if freedom < MANY {
        Some(StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(UPPER))
    } else {
        Some(Normal::new(0.0, 1.0).ok()?.inverse_cdf(UPPER))
    }
}

/// The nearest float.
#[expect(clippy::cast_precision_loss, reason = "a mean needs three digits")]
pub fn float(number: impl Into<u128>) -> f64 {
    number.into() as f64
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// These ratings, in hundredths.
    pub fn ratings(hundredths: &[u64]) -> Ratings {
        let mut distribution = [0; 6];
        for rating in hundredths {
            let nearest = usize::try_from((rating + 50) / 100).unwrap().min(5);
            distribution[nearest] += 1;
        }
        Ratings {
            count: hundredths.len() as u64,
            sum: hundredths.iter().sum(),
            squares: hundredths.iter().map(|rating| rating * rating).sum(),
            distribution,
        }
    }

    impl Ratings {
        /// Any numbers: the count, the sum, the sum of the squares, and the distribution.
        pub fn broken([count, sum, squares]: [u64; 3], distribution: [u64; 6]) -> Self {
            Self { count, sum, squares, distribution }
        }

        /// A tally that has these.
        pub fn into_tally(self, tally: Tally) -> Tally {
            let Self { count: rated, sum, squares, distribution } = self;
            Tally { rated, sum, squares, distribution, ..tally }
        }
    }

    pub fn is_near(left: f64, right: f64) -> bool {
        (left - right).abs() <= 1e-9 * right.abs().max(1.0)
    }

    /// The values are those of SciPy 1.17.
    #[test]
    fn the_interval_is_students() {
        let some = ratings(&[100, 200, 200, 300, 300, 300, 400, 400, 500, 500]);
        assert!(is_near(some.mean().unwrap(), 3.2));
        let (low, high) = some.interval().unwrap();
        let expected = (2.258_188_669_750_840_8, 4.141_811_330_249_16);
        assert!(
            (low - expected.0).abs() < 1e-6 && (high - expected.1).abs() < 1e-6,
            "{low} {high}"
        );
    }

    #[test]
    fn the_quantile_is_right_for_few_and_for_many() {
        for (freedom, expected) in [
            (1.0, 12.706_204_736_174_694),
            (2.0, 4.302_652_729_749_462),
            (19.0, 2.093_024_054_408_307),
            (9_999.0, 1.960_201_263_621_357),
            (1e4, 1.960_201_239_890_626),
            (1e6, 1.959_966_356_814_107),
            (1e19, 1.959_963_984_540_054),
        ] {
            let found = quantile(freedom).unwrap();
            assert!((found - expected).abs() < 1e-3, "{freedom}: {found}");
            assert!(freedom >= MANY || is_near(found, expected), "{freedom}: {found}");
        }
    }

    #[test]
    fn too_few_ratings_have_no_variance_and_no_interval() {
        let (none, one, alike) = (ratings(&[]), ratings(&[400]), ratings(&[400; 30]));
        assert_eq!((none.mean(), none.variance(), none.interval()), (None, None, None));
        assert_eq!((one.mean(), one.variance(), one.interval()), (Some(4.0), None, None));
        assert_eq!(
            (alike.mean(), alike.variance(), alike.interval()),
            (Some(4.0), Some(0.0), None)
        );
    }

    #[test]
    fn many_ratings_keep_their_variance() {
        let count = 4_000_000_000;
        let half = count / 2;
        let mut many = Ratings { count, ..Ratings::default() };
        (many.sum, many.squares) = (half * 499 + half * 500, half * 499 * 499 + half * 500 * 500);
        let expected = 0.25 / 1e4 * float(count) / float(count - 1);
        assert!((many.variance().unwrap() - expected).abs() < 1e-15);
        let (low, high) = many.interval().unwrap();
        assert!(low < 4.995 && 4.995 < high && high - low < 1e-3);
    }
}
