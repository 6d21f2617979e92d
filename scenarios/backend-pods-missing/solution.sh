#!/bin/sh
# What was agreed; the restart makes the ReplicaSet try at once.
set -e
kubectl -n taskmaster patch resourcequota team-quota --type=merge -p '{"spec":{"hard":{"pods":"10"}}}'
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
