# shellcheck shell=bash
# The AWS Load Balancer Controller, which makes the balancer that an Ingress asks for. It is the one part of
# the cluster that is no add-on of EKS, so Helm brings it.

# Chart and program have the same number. A new one: read its notes on the custom resources first, which
# Helm does not change by itself.
controller_chart=https://aws.github.io/eks-charts
controller_version=3.5.0
controller_timeout=${CONTROLLER_TIMEOUT:-5m}

# install_controller CLUSTER. Its rights come by Pod Identity, so there is no annotation with a role.
# Region and network are said, since nodes keep what they know to themselves; it has no rights for firewalls.
install_controller() {
  helm upgrade --install aws-load-balancer-controller aws-load-balancer-controller \
    --repo "$controller_chart" --version "$controller_version" --namespace kube-system \
    --set "clusterName=$1" --set "region=$AWS_REGION" --set "vpcId=$(output base vpc_id)" \
    --set serviceAccount.create=true --set serviceAccount.name=aws-load-balancer-controller \
    --set enableShield=false --set enableWaf=false --set enableWafv2=false \
    --wait --timeout "$controller_timeout" >"$work/helm.log" 2>&1 && {
    say "version $controller_version"
    return 0
  }
  cat "$work/helm.log" >&2
  if grep -q 'another operation .* is in progress' "$work/helm.log"; then
    fail 'Helm was interrupted here before, or another operator is at it' \
      'If nobody is: helm rollback takes the unfinished step back,' \
      "    aws eks update-kubeconfig --region $AWS_REGION --name $1" \
      '    helm --namespace kube-system rollback aws-load-balancer-controller' \
      'and then run this again.'
  fi
  fail 'the controller could not be brought up' \
    'Its pods say why: kubectl --namespace kube-system get pods; nodes may still be starting.' \
    'The game, if it ran, goes on. Run this again.'
}
