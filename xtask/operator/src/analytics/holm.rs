//! Holm's correction: of many comparisons, some would look like more than chance by chance.

use super::ratings::float;

/// The p-values corrected for how many there are, in the same order.
pub fn corrected(p_values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<(usize, f64)> = p_values.iter().copied().enumerate().collect();
    sorted.sort_by(|(_, left), (_, right)| left.total_cmp(right));
    let mut least: f64 = 0.0;
    for (rank, (_, p)) in sorted.iter_mut().enumerate() {
        let left = p_values.len().saturating_sub(rank);
        // A larger p-value never becomes the smaller one.
        least = (*p * float(left as u64)).clamp(least, 1.0);
        *p = least;
    }
    sorted.sort_by_key(|(at, _)| *at);
    sorted.into_iter().map(|(_, p)| p).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::ratings::tests::is_near;
    use proptest::prelude::*;

    /// Computed by hand: 4 × 0.005, 3 × 0.01, 2 × 0.03, and no less for 1 × 0.04.
    #[test]
    fn the_least_is_multiplied_by_how_many_there_are() {
        let found = corrected(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!(is_near(*found, expected), "{found} is not {expected}");
        }
        assert_eq!(corrected(&[0.5, 0.9]), [1.0, 1.0]);
        assert_eq!(corrected(&[0.02]), [0.02]);
        assert!(corrected(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_order_stays_and_nothing_gets_smaller(p in prop::collection::vec(0.0..=1.0, 0..30)) {
            let found = corrected(&p);
            for (left, own) in p.iter().zip(&found) {
                prop_assert!(own >= left && *own <= 1.0);
                for (right, other) in p.iter().zip(&found) {
                    prop_assert!(left > right || own <= other);
                }
            }
        }
    }
}
