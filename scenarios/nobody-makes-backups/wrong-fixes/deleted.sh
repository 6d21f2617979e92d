#!/bin/sh
# Refused: CronJob/db-backup does not exist
set -e
kubectl -n taskmaster delete cronjob db-backup
