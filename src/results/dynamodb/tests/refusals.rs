//! What DynamoDB may refuse, from a server that says so.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::super::{DynamoError, DynamoResults};
use crate::ids::PlayerId;
use crate::results::{Results, ResultsError};
use crate::telemetry::Metrics;

/// A server that refuses every request for this reason, for as long as the process lives.
fn refusing(code: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            // Whoever has gone away needs no answer.
            let _ = refuse(&stream.unwrap(), code);
        }
    });
    address
}

/// One request on a connection.
fn refuse(mut stream: &TcpStream, code: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    let body =
        format!(r#"{{"__type": "com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}}"#);
    write!(
        stream,
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn results(code: &'static str) -> DynamoResults {
    DynamoResults::at(&refusing(code), "Overcookied", Metrics::default()).await
}

#[tokio::test]
async fn refusals_are_told_apart_when_tables_are_looked_at() {
    type IsRight = fn(&DynamoError) -> bool;
    let table: [(&str, IsRight); 8] = [
        ("ResourceNotFoundException", |error| matches!(error, DynamoError::NoTable(_))),
        ("AccessDeniedException", |error| matches!(error, DynamoError::Denied(_))),
        ("UnrecognizedClientException", |error| matches!(error, DynamoError::Denied(_))),
        ("ExpiredTokenException", |error| matches!(error, DynamoError::Denied(_))),
        ("ValidationException", |error| matches!(error, DynamoError::Refused(_))),
        ("ThrottlingException", |error| matches!(error, DynamoError::Unavailable(_))),
        ("RequestLimitExceeded", |error| matches!(error, DynamoError::Unavailable(_))),
        ("SomethingNewException", |error| matches!(error, DynamoError::Unavailable(_))),
    ];
    for (code, is_right) in table {
        let error = results(code).await.check_tables().await.unwrap_err();
        assert!(is_right(&error), "{code}: {error}");
        assert!(!error.to_string().contains("DispatchFailure"), "{error}");
    }
}

#[tokio::test]
async fn a_result_is_given_up_only_where_it_can_never_be_taken() {
    let table = [
        ("AccessDeniedException", false),
        ("ResourceNotFoundException", false),
        ("ProvisionedThroughputExceededException", false),
        ("ValidationException", true),
    ];
    for (code, is_refused) in table {
        let error = results(code).await.totals(PlayerId::random()).await.unwrap_err();
        assert_eq!(matches!(error, ResultsError::Refused(_)), is_refused, "{code}: {error}");
    }
}
