use super::Problem;
use crate::store::StoreError;

/// Says which row a store call was about.
pub trait OrNotFound<T> {
    /// The value, or `problem` if the row does not exist.
    fn or_not_found(self, problem: Problem) -> Result<T, Problem>;
}

impl<T> OrNotFound<T> for Result<T, StoreError> {
    fn or_not_found(self, problem: Problem) -> Result<T, Problem> {
        self.map_err(|error| match error {
            StoreError::NotFound => problem,
            other => other.into(),
        })
    }
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self, problem: Problem) -> Result<T, Problem> {
        self.ok_or(problem)
    }
}
