#!/bin/sh
# Refused: DB_PASSWORD is a literal, not a reference to a Secret
set -e
kubectl -n taskmaster patch secret backend-secret --type=merge -p '{"stringData": {"{{key}}": "{{value}}"}}'
kubectl -n taskmaster set env deployment/backend DB_PASSWORD=taskpass123
