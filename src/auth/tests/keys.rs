//! Where session keys come from.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{new_key, pem};
use crate::auth::{KeysError, SessionKeys};

fn in_folder(folder: &Path) -> Result<SessionKeys, KeysError> {
    SessionKeys::from_file(&SessionKeys::file_in(folder)?)
}

fn ids(keys: &SessionKeys) -> Vec<String> {
    let set = keys.jwks();
    let keys = set["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_missing_key_is_made_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("not/there/yet");
    let first = in_folder(&data).unwrap();
    let mode = std::fs::metadata(data.join("session-key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1, "a draft was left behind");
    assert_eq!(ids(&first), ids(&in_folder(&data).unwrap()));
}

#[test]
fn servers_that_make_the_key_at_the_same_moment_end_up_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let make = || ids(&in_folder(folder.path()).unwrap());
    let all: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.iter().all(|ids| *ids == all[0]), "{all:?}");
}

#[test]
fn a_damaged_key_file_is_refused_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session-key.pem");
    std::fs::write(&path, "half a key").unwrap();
    let error = in_folder(folder.path()).err().unwrap();
    assert!(error.to_string().contains("session-key.pem"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "half a key");
}

#[test]
fn keys_come_one_after_the_other_and_the_first_comes_first() {
    let (a, b) = (pem(&new_key()), pem(&new_key()));
    let both = SessionKeys::from_pem(&format!("{a}\n{b}").into()).unwrap();
    let alone = |text: &String| ids(&SessionKeys::from_pem(&text.clone().into()).unwrap());
    assert_eq!(ids(&both), [alone(&a), alone(&b)].concat());
}

#[test]
fn what_is_no_key_is_refused() {
    let from = |text: &str| SessionKeys::from_pem(&text.to_owned().into()).err().unwrap();
    assert!(matches!(from(""), KeysError::None));
    assert!(matches!(from("-----BEGIN EC PRIVATE KEY-----\nAAAA\n"), KeysError::None));
    let good = pem(&new_key());
    let bad = format!("{good}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assert!(matches!(from(&bad), KeysError::Bad(2)));
    assert!(matches!(from(&good[..good.len() / 2]), KeysError::Bad(1)));
}

/// A key and its thumbprint computed by another program.
#[test]
fn the_name_of_a_key_is_its_rfc_7638_thumbprint() {
    let key = p256::SecretKey::from_slice(&[1; 32]).unwrap();
    let keys = SessionKeys::from_pem(&pem(&key).into()).unwrap();
    let jwk = &keys.jwks()["keys"][0];
    assert_eq!(jwk["x"], "b_A7lJJBzh2t1DUZ5pYOCoW0GmmgXDKBA6orzhWUyhY");
    assert_eq!(jwk["kid"], "Nrqg3-M_Xwtx-1tbtc1J7Xul2DyeC0bUSy9u_5NSG6g");
    assert_eq!(jwk["alg"], "ES256");
    assert!(jwk.get("d").is_none(), "the private part is not published");
}
