#!/bin/sh
# Writes the password without the line break, and restarts what reads it.
set -e
kubectl -n taskmaster patch secret database-secret --type=merge -p '{"stringData":{"POSTGRES_PASSWORD":"taskpass123"}}'
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
