#!/bin/sh
# Accepted: the Service is created anew.
set -e
kubectl -n taskmaster delete service backend-svc
kubectl -n taskmaster expose deployment backend --name=backend-svc --port=5000
