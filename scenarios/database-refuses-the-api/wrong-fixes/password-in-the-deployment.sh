#!/bin/sh
# Refused: the password stands in plain text in Deployment/backend
set -e
kubectl -n taskmaster set env deployment/backend DB_PASSWORD-
kubectl -n taskmaster set env deployment/backend DB_PASSWORD=taskpass123
