#!/bin/sh
# Removes the literal that hides the Secret's value.
set -e
kubectl -n taskmaster set env deployment/backend DB_HOST-
kubectl -n taskmaster rollout status deployment backend --timeout=120s
