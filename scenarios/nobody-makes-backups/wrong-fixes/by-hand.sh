#!/bin/sh
# Refused: spec.suspend is true
set -e
kubectl -n taskmaster create job backup-by-hand --from=cronjob/db-backup
