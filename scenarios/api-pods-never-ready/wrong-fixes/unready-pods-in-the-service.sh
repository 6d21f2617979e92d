#!/bin/sh
# Refused: Service/backend-svc sends to pods that are not ready (publishNotReadyAddresses)
set -e
kubectl -n taskmaster patch service backend-svc --type=merge -p '{"spec":{"publishNotReadyAddresses":true}}'
