#!/bin/sh
# Refused: Service/postgres-svc does not exist
set -e
kubectl -n taskmaster expose deployment postgres --name=database --port=5432
kubectl -n taskmaster patch secret backend-secret -p '{"stringData": {"DB_HOST": "database"}}'
kubectl -n taskmaster rollout restart deployment backend
