#!/bin/sh
# Refused: create:
# Earns: 33
set -e
kubectl -n taskmaster patch cronjob db-backup --type=merge -p '{"spec": {"suspend": false}}'
