#!/bin/sh
# Accepted: policies add up: one more does it.
set -e
kubectl -n taskmaster create -f - <<'EOF'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: backend-may-use-postgres }
spec:
  podSelector: { matchLabels: { app: postgres } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: backend } } }], ports: [{ port: 5432 }] }]
EOF
kubectl -n taskmaster rollout status deployment backend --timeout=120s
