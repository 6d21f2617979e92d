#!/bin/sh
# Accepted: the same Service from the Deployment.
set -e
kubectl -n taskmaster expose deployment postgres --name=postgres-svc --port=5432
kubectl -n taskmaster rollout status deployment backend --timeout=120s
