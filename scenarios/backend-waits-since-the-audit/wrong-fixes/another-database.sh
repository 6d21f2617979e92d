#!/bin/sh
# Refused: 500 Internal Server Error
# The database "postgres" is there from the beginning, and it is empty.
set -e
kubectl -n taskmaster create secret generic backend-secret \
  --from-literal=DB_HOST=postgres-svc --from-literal=DB_PORT=5432 --from-literal=DB_NAME=postgres
