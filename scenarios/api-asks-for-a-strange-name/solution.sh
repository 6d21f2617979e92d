#!/bin/sh
# One encoding, and new containers that read it.
set -e
kubectl -n taskmaster patch secret backend-secret --type=merge -p '{"stringData": {"{{key}}": "{{value}}"}}'
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
