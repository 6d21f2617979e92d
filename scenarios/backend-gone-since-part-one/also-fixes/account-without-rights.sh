#!/bin/sh
# Accepted: an account that may do nothing.
set -e
kubectl -n taskmaster create serviceaccount {{account}}
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
