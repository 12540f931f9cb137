//! What DynamoDB is asked, and what it bills for: counted from its own answers.

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
    BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::scan::{ScanInput, ScanOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

use crate::telemetry::{Metrics, Units};

/// Asks with every request what it costs, and counts the answers.
#[derive(Clone, Debug)]
pub(super) struct Meter(pub(super) Metrics);

/// The requests of this program, and whether they read or write.
macro_rules! requests {
    ($each:ident) => {
        $each!(BatchGetItemInput, BatchGetItemOutput, "read");
        $each!(QueryInput, QueryOutput, "read");
        $each!(ScanInput, ScanOutput, "read");
        $each!(DeleteItemInput, DeleteItemOutput, "write");
        $each!(PutItemInput, PutItemOutput, "write");
        $each!(TransactWriteItemsInput, TransactWriteItemsOutput, "write");
    };
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        macro_rules! ask {
            ($input:ty, $output:ty, $kind:literal) => {
                if let Some(input) = input.downcast_mut::<$input>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
                }
            };
        }
        requests!(ask);
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.dynamodb_requests.inc();
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else { return Ok(()) };
        macro_rules! count {
            ($input:ty, $output:ty, $kind:literal) => {
                if let Some(output) = output.downcast_ref::<$output>() {
                    self.add($kind, output.consumed_capacity.iter().flat_map(Spent::units).sum());
                }
            };
        }
        requests!(count);
        Ok(())
    }
}

impl Meter {
    fn add(&self, kind: &'static str, units: f64) {
        self.0.dynamodb_units.get_or_create(&Units { kind }).inc_by(units);
    }
}

/// What a request has cost, of one table or of several.
trait Spent {
    fn units(&self) -> Vec<f64>;
}

impl Spent for ConsumedCapacity {
    fn units(&self) -> Vec<f64> {
        self.capacity_units.into_iter().collect()
    }
}

impl Spent for Vec<ConsumedCapacity> {
    fn units(&self) -> Vec<f64> {
        self.iter().filter_map(|spent| spent.capacity_units).collect()
    }
}
