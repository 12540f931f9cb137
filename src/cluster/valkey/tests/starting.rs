//! Which servers are refused at the start, and TLS.

use std::path::Path;
use std::process::Command;

use super::Host;
use super::servers::{Program, Server, free_port};
use super::sides::{settings, six_nodes, valkey};
use crate::cluster::{Valkey, ValkeyError, ValkeySettings};

async fn refusal(url: &str) -> ValkeyError {
    match Valkey::connect(settings(url)).await {
        Ok(_) => panic!("it was taken"),
        Err(error) => error,
    }
}

#[tokio::test]
#[ignore = "starts servers"]
async fn a_server_that_could_not_keep_its_word_is_refused() {
    let nobody = refusal(&format!("redis://127.0.0.1:{}", free_port())).await;
    assert!(matches!(nobody, ValkeyError::Unreachable { .. }), "{nobody}");

    let evicts = Server::start_with(Program::Valkey, &["--maxmemory-policy", "allkeys-lru"]);
    let evicts = refusal(&evicts.url()).await;
    assert!(matches!(&evicts, ValkeyError::Evicts { policy, .. } if policy == "allkeys-lru"));

    let port = valkey().port.to_string();
    let replica = Server::start_with(Program::Valkey, &["--replicaof", "127.0.0.1", &port]);
    let replica = refusal(&replica.url()).await;
    assert!(matches!(replica, ValkeyError::Replica(_)), "{replica}");

    let locked = Server::start_with(Program::Valkey, &["--requirepass", "s3cret"]);
    for url in [locked.url(), format!("redis://:wrong-pass@127.0.0.1:{}", locked.port)] {
        let login = refusal(&url).await;
        assert!(matches!(login, ValkeyError::Login { .. }), "{login}");
        assert!(!login.to_string().contains("wrong-pass"));
    }
    let open = format!("redis://:s3cret@127.0.0.1:{}", locked.port);
    assert!(Valkey::connect(settings(&open)).await.is_ok());

    let several = format!("{},redis://127.0.0.1:{}", valkey().url(), valkey().port);
    assert!(matches!(refusal(&several).await, ValkeyError::NoCluster(_)));
    let other = refusal(&format!("{}/1", six_nodes().nodes[0].url())).await;
    assert!(matches!(other, ValkeyError::Database(_)), "{other}");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_user_who_may_not_run_scripts_is_refused() {
    let server = Server::start(Program::Valkey);
    server.ask::<()>("ACL SETUSER anna on >s3cret ~* &* +@all -@scripting");
    let refused = refusal(&format!("redis://anna:s3cret@127.0.0.1:{}", server.port)).await;
    assert!(matches!(refused, ValkeyError::NoScripts(_)), "{refused}");
    server.ask::<()>("ACL SETUSER ben on >s3cret ~* &* +@all -info");
    let refused = refusal(&format!("redis://ben:s3cret@127.0.0.1:{}", server.port)).await;
    assert!(matches!(refused, ValkeyError::Login { .. }), "{refused}");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn one_address_of_a_cluster_is_enough() {
    let one = Valkey::connect(settings(&six_nodes().nodes[4].url())).await.unwrap();
    assert_eq!(one.primaries().len(), 3);
    assert_eq!(one.nodes().len(), 6);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn tls_works_with_an_authority_of_ones_own_and_with_no_other() {
    let folder = tempfile::tempdir().unwrap();
    make_certificates(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (cert, key, ca) = (path("server.crt"), path("server.key"), path("ca.crt"));
    let options = ["--tls-port", "--tls-cert-file", &cert, "--tls-key-file", &key];
    let more = ["--tls-ca-cert-file", &ca, "--tls-auth-clients", "no"];
    let server = Server::start_with(Program::Redis, &[&options[..], &more[..]].concat());
    let url = format!("rediss://localhost:{}", server.port);

    let trusting = |name: &str| {
        let pem = std::fs::read(folder.path().join(name)).unwrap();
        settings(&url).trusting(pem)
    };
    let store = |settings: ValkeySettings| async {
        let pod = crate::ids::PodId::random();
        crate::cluster::ValkeyStore::connect(settings, pod).await
    };
    let trusted = store(trusting("ca.crt").unwrap()).await.unwrap();
    let mut host = Host::of(&trusted).await;
    host.commit().await.unwrap();
    assert_eq!(host.stored_version().await, 2);

    let stranger = store(trusting("other.crt").unwrap()).await.err().unwrap();
    assert!(matches!(stranger, ValkeyError::Unreachable { .. }), "{stranger}");
    let public = store(settings(&url)).await.err().unwrap();
    assert!(matches!(public, ValkeyError::Unreachable { .. }), "{public}");
    let elsewhere = settings(&format!("rediss://127.0.0.1:{}", server.port));
    let pem = std::fs::read(folder.path().join("ca.crt")).unwrap();
    let wrong_name = store(elsewhere.trusting(pem).unwrap()).await.err().unwrap();
    assert!(matches!(wrong_name, ValkeyError::Unreachable { .. }), "{wrong_name}");
}

/// A certificate authority, a certificate of it for `localhost`, and another authority.
fn make_certificates(folder: &Path) {
    let script = r#"
        key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        for name in ca other; do
            openssl req -x509 $key -keyout $name.key -out $name.crt -subj "/CN=$name"
        done
        openssl req $key -keyout server.key -out server.csr -subj /CN=localhost
        echo subjectAltName=DNS:localhost >names
        openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
            -extfile names -out server.crt
    "#;
    let made = Command::new("sh").args(["-ec", script]).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
